"""Processes hear each other over Valkey, and one that is alone keeps its news to itself. Each link stands for a process."""

import asyncio
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from django.conf import settings
from redis.asyncio import Redis

from messaging.realtime import layer
from messaging.realtime.layer import LayerLink

NEWS = ("messaging.room", b"n" * 1_000)


@pytest.fixture(autouse=True)
def apart(servers, monkeypatch):
    """The servers of this test run talk in another group."""
    monkeypatch.setattr(layer, "GROUP", f"news-{uuid4().hex}")


class Process(LayerLink):
    def __init__(self) -> None:
        self.news, self.gaps = [], 0
        super().__init__(self.news.extend, self.notice_gap)

    def notice_gap(self) -> None:
        self.gaps += 1


@asynccontextmanager
async def running():
    process = Process()
    await process.start()
    try:
        yield process
    finally:
        await process.stop()


async def until(condition) -> None:
    async with asyncio.timeout(8):
        while not condition():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)


async def test_who_is_alone_publishes_beats_only():
    async with Redis.from_url(settings.REDIS_URL) as valkey, valkey.pubsub() as overheard, running() as alone:
        await overheard.psubscribe("*")
        for _ in range(20):
            alone.send([NEWS])
            await asyncio.sleep(0.1)
        sizes = []
        while message := await overheard.get_message(timeout=0.1):
            if message["type"] == "pmessage" and layer.GROUP.encode() in message["channel"]:
                sizes.append(len(message["data"]))
        assert sizes
        assert max(sizes) < 400
        assert alone.gaps == 0


async def test_who_comes_is_told_of_what_was_kept_and_gets_all_that_follows():
    async with running() as first:
        first.send([NEWS])
        await asyncio.sleep(0.1)
        async with running() as second:
            await until(lambda: second.gaps == 1)  # told at once, not by the next beat
            for number in range(10):
                first.send([("messaging.room", b"%d" % number)])
                await asyncio.sleep(0.01)
            await until(lambda: len(second.news) == 10)
            assert [payload for _, payload in second.news] == [b"%d" % number for number in range(10)]
            assert (first.gaps, second.gaps, first.news) == (0, 1, [])


async def test_who_was_not_heard_for_a_while_misses_nothing_without_noticing(monkeypatch):
    async with running() as first, running() as second:
        await until(lambda: second._seen.keys() == first._seen.keys())
        before = second.gaps
        first._company_until = 0.0  # as after three seconds in which nobody was heard
        first.send([NEWS])
        await until(lambda: second.gaps == before + 1)
        assert second.news == []
        first.send([NEWS])
        await until(lambda: second.news == [NEWS])


async def test_who_hears_nothing_goes_on_telling():
    async with running() as deaf, running() as other:
        await until(lambda: other._seen.keys() == deaf._seen.keys())
        listening = deaf._tasks[0]
        listening.cancel()
        await asyncio.wait([listening])
        deaf._company_until = deaf._heard = 0.0  # three seconds later
        deaf.send([NEWS])
        await until(lambda: other.news == [NEWS])


async def test_news_that_is_lost_on_the_way_is_noticed():
    async with running() as first, running() as second:
        await until(lambda: second._seen.keys() == first._seen.keys())
        before = second.gaps
        first._number += 1  # as if one had been published
        first.send([NEWS])
        await until(lambda: second.gaps == before + 1)


async def test_ones_own_beats_that_are_lost_are_noticed():
    async with running() as alone:
        alone._published += 1
        await until(lambda: alone.gaps == 1)
