"""*history*: a long conversation, read a page of 50 at a time: the latest, the middle, and catching up by `changes`."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from bench.line import Line, get_head, open_rest
from bench.stats import latency
from bench.workloads.mark import Marker

PAGE = 50
REQUESTS = 200
#: Enough for the writer to gather full batches, and far below what a full queue would refuse.
FILL_IN_FLIGHT = 200


async def fill(sender: Line, conversation: str, count: int) -> float:
    """Send `count` texts for real, each acknowledged; returns the seconds it took. Raises RuntimeError if refused."""
    marker, state, done = Marker(), {"sent": 0, "stored": 0}, asyncio.Event()

    def shoot() -> None:
        if state["sent"] < count:
            state["sent"] += 1
            sender.send(conversation, marker.text(0, state["sent"]))

    def on_ok() -> None:
        state["stored"] += 1
        shoot()
        if state["stored"] == count:
            done.set()

    sender.on_ok, start = on_ok, time.perf_counter()
    for _ in range(FILL_IN_FLIGHT):
        shoot()
    while not done.is_set():
        if sender.refused:
            raise RuntimeError(f"a text was refused: {sender.refused[0].decode()}")
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), 1)
    sender.on_ok = None
    return time.perf_counter() - start


async def history(url: str, reader: Line, conversation: str, count: int) -> dict[str, Any]:
    """Latency of one request after the other, over one kept connection."""
    http, random_places = await open_rest(url), random.Random(7)
    path = f"/api/v1/conversations/{conversation}/messages/?limit={PAGE}"
    access = reader.person.rest.access

    def middle() -> int:
        return count // 2 + random_places.randrange(-count // 50, count // 50)

    async def page(query: str = "") -> int:
        status, body = await http.get(get_head(url, path + query, access))
        return len(json.loads(body)["results"]) if status == 200 else -1

    async def latest() -> int:
        return await page()

    async def around_middle() -> int:
        return await page(f"&before={middle()}")

    async def changes() -> int:
        answer = asyncio.get_running_loop().create_future()
        reader.on_ok = lambda: answer.set_result(PAGE)
        reader.ask("changes", {"conversation": conversation, "after_rev": middle(), "limit": PAGE})
        return int(await asyncio.wait_for(answer, 30))

    try:
        return {
            "latest": await _timed(latest),
            "middle": await _timed(around_middle),
            "changes": await _timed(changes),
        }
    finally:
        reader.on_ok = None
        http.close()


async def _timed(request: Callable[[], Awaitable[int]]) -> dict[str, Any]:
    ages, short = [], 0
    for _ in range(REQUESTS):
        start = time.perf_counter()
        short += await request() != PAGE
        ages.append((time.perf_counter() - start) * 1e3)
    return {**latency(ages), "first_ms": round(ages[0], 3), "not_a_full_page": short}
