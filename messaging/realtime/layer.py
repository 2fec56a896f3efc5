"""The channel layer: how the processes' hubs hear each other. It carries news, never truth."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import redis
from channels.layers import get_channel_layer

from prayermap.lib.news import GROUP, NO_SERVER, Item

logger = logging.getLogger(__name__)

#: One's own heartbeat must come back within this time, else the layer counts as broken; others' too, else one is alone.
_BEAT_S, _LOST_AFTER_S = 1.0, 3.0


class LayerLink:
    """One subscription for the process; a batch of news is one PUBLISH.

    `on_gap` is called when news may have been missed: pub/sub is at-most-once, and a killed connection loses
    what came meanwhile without a word (seen: the next message came 4 s later). So every process numbers what it
    says and beats once a second: a number left out tells of a loss within a second of the next one.

    Alone, a process publishes its beats only: its own news coming back to it took a sixth of its time. What it keeps
    has numbers too, so a process that comes, or is heard again, finds the gap. Who comes says so, and is answered at once.
    """

    def __init__(self, on_news: Callable[[list[Item]], None], on_gap: Callable[[], None]) -> None:
        self._origin = uuid4().hex
        self._on_news, self._on_gap = on_news, on_gap
        self._outbox: list[Item] = []
        self._wake, self._beat_now, self._began = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._in_order = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._heard = time.monotonic()
        self._number = 0  # of what was said, published or kept
        self._published = 0
        self._seen: dict[
            str, int
        ] = {}  # the newest number of each process; of our own, of what was published
        self._company_until = 0.0
        self.is_lost = False

    async def start(self) -> None:
        """Waits for the first word of our own, so that no socket is open before the others know of us."""
        layer = get_channel_layer()
        assert layer is not None
        self._layer = layer
        self._tasks = [asyncio.create_task(task()) for task in (self._receive, self._publish, self._beat)]
        with suppress(TimeoutError):
            await asyncio.wait_for(self._began.wait(), _BEAT_S)

    async def stop(self) -> None:
        for _ in range(20):
            if not self._outbox:
                break
            await asyncio.sleep(0.05)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def send(self, items: list[Item]) -> None:
        """Queue news for the other processes."""
        self._outbox.extend(items)
        self._wake.set()

    async def _publish(self) -> None:
        while True:
            if not self._outbox:
                self._wake.clear()
                await self._wake.wait()
            items, self._outbox = self._outbox, []
            if self._is_alone():
                self._number += 1
            else:
                await self._group_send("news", items)

    def _is_alone(self) -> bool:
        """Nobody else was heard, and that not because we hear nothing: who is deaf goes on telling."""
        now = time.monotonic()
        return now >= self._company_until and now - self._heard < _LOST_AFTER_S

    async def _beat(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._beat_now.wait(), _BEAT_S)
            self._beat_now.clear()
            lost = time.monotonic() - self._heard > _LOST_AFTER_S
            if lost or self.is_lost:
                if lost and not self.is_lost:
                    logger.warning("the channel layer is silent: news comes from PostgreSQL until it is back")
                self.is_lost = lost
                self._on_gap()
            await self._group_send("beat", [])

    async def _group_send(self, type_: str, items: list[Item]) -> None:
        async with self._in_order:  # a beat that overtook news would look like a gap to everybody
            self._number += 1
            self._published += 1
            message = {
                "type": type_,
                "origin": self._origin,
                "number": self._number,
                "published": self._published,
                "items": items,
            }
            try:
                await self._layer.group_send(GROUP, message)
            except (redis.RedisError, OSError):
                logger.debug("not published", exc_info=True)  # the heartbeat tells
                await asyncio.sleep(_BEAT_S / 4)

    async def _receive(self) -> None:
        channel = None
        while True:
            try:
                if channel is None:
                    channel = await self._layer.new_channel()
                    await self._layer.group_add(GROUP, channel)
                    self._beat_now.set()
                message = await self._layer.receive(channel)
            except (redis.RedisError, OSError):
                channel = None
                await asyncio.sleep(_BEAT_S / 4)
                continue
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        origin, number = message["origin"], message["number"]
        if origin == self._origin:
            self._heard, number = time.monotonic(), message["published"]
            self._began.set()
        else:
            if origin != NO_SERVER:
                self._meet(origin)
            if message["items"]:
                self._on_news([(topic, payload) for topic, payload in message["items"]])
        # Who is heard for the first time may have kept what it said before.
        if number > self._seen.get(origin, 0) + 1:
            self._on_gap()
        self._seen[origin] = number

    def _meet(self, origin: str) -> None:
        """Another process is there: it gets the news, and if it has not heard of us, our number now."""
        now = time.monotonic()
        if origin not in self._seen or now >= self._company_until:
            self._beat_now.set()
        self._company_until = now + _LOST_AFTER_S
