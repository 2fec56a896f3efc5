"""The channel layer: how the processes' hubs hear each other. It carries news, never truth."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import redis
from channels.layers import get_channel_layer

from prayermap.lib.news import GROUP, Item

logger = logging.getLogger(__name__)

#: One's own heartbeat must come back within this time, else the layer counts as broken.
_BEAT_S, _LOST_AFTER_S = 1.0, 3.0


class LayerLink:
    """One subscription for the process; a batch of news is one PUBLISH.

    `on_gap` is called when news may have been missed: pub/sub is at-most-once, and a killed connection loses
    what came meanwhile without a word (seen: the next message came 4 s later). So every process numbers what it
    publishes and beats once a second: a number left out tells of a loss within a second of the next one.
    """

    def __init__(self, on_news: Callable[[list[Item]], None], on_gap: Callable[[], None]) -> None:
        self._origin = uuid4().hex
        self._on_news, self._on_gap = on_news, on_gap
        self._outbox: list[Item] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._heard = time.monotonic()
        self._number = 0
        self._seen: dict[str, int] = {}  # the newest number of each process
        self.is_lost = False

    async def start(self) -> None:
        layer = get_channel_layer()
        assert layer is not None
        self._layer = layer
        self._tasks = [asyncio.create_task(task()) for task in (self._receive, self._publish, self._beat)]

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
            await self._group_send("news", items)

    async def _beat(self) -> None:
        while True:
            await self._group_send("beat", [])
            await asyncio.sleep(_BEAT_S)
            lost = time.monotonic() - self._heard > _LOST_AFTER_S
            if lost or self.is_lost:
                if lost and not self.is_lost:
                    logger.warning("the channel layer is silent: news comes from PostgreSQL until it is back")
                self.is_lost = lost
                self._on_gap()

    async def _group_send(self, type_: str, items: list[Item]) -> None:
        self._number += 1
        message = {"type": type_, "origin": self._origin, "number": self._number, "items": items}
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
                message = await self._layer.receive(channel)
            except (redis.RedisError, OSError):
                channel = None
                await asyncio.sleep(_BEAT_S / 4)
                continue
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        origin, number = message["origin"], message["number"]
        if origin == self._origin:
            self._heard = time.monotonic()
        elif message["items"]:
            self._on_news([(topic, payload) for topic, payload in message["items"]])
        if number > self._seen.get(origin, number) + 1:
            self._on_gap()
        self._seen[origin] = number
