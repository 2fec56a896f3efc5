"""Answers of committed batches are told in their order, and the event loop comes round meanwhile."""

import asyncio
import time

from messaging.realtime.telling import Telling


async def test_a_few_are_told_at_once():
    told = []
    Telling(lambda job, row: told.append((job, row))).add([(1, "a"), (2, "b")])
    assert told == [(1, "a"), (2, "b")]


async def test_many_are_told_a_little_at_a_time_in_their_order_and_later_ones_behind_them():
    told = []

    def tell(job, row) -> None:
        told.append(job)
        time.sleep(0.0002)  # as a message in a room of some twenty

    telling: Telling[int] = Telling(tell)
    telling.add((job, None) for job in range(50))
    at_once = len(told)
    assert 1 <= at_once < 50
    telling.add((job, None) for job in range(50, 60))
    assert len(told) == at_once
    rounds = 0
    while len(told) < 60:
        await asyncio.sleep(0)
        rounds += 1
    assert rounds > 5
    assert told == list(range(60))
    await telling.finish()
    assert len(telling) == 0


async def test_one_that_fails_does_not_keep_the_others_from_theirs(caplog):
    told = []

    def tell(job, row) -> None:
        if job == 1:
            raise RuntimeError("a bug of ours")
        told.append(job)

    telling: Telling[int] = Telling(tell)
    telling.add((job, None) for job in range(3))
    await telling.finish()
    assert told == [0, 2]
    assert "could not be told" in caplog.text
