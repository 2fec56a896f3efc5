"""*readers*: several people at once page through a conversation, each with one request under way: pages a second."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

from bench.line import get_head, open_rest
from bench.people import Person
from bench.stats import latency
from bench.workloads.history import PAGE
from bench.workloads.window import Window

WARM_SECONDS = 2.0


async def readers(
    url: str, persons: list[Person], conversation: str, count: int, window: Window, *, seconds: float
) -> dict[str, Any]:
    """Every second page is the latest, the others lie anywhere. A page that isn't full counts as lost."""
    ages, lost, is_over = list[float](), [0], asyncio.Event()

    async def read(number: int, person: Person) -> None:
        http, places = await open_rest(url), random.Random(number)
        path = f"/api/v1/conversations/{conversation}/messages/?limit={PAGE}"
        while not is_over.is_set():
            before = f"&before={places.randrange(PAGE + 1, count)}" if places.random() < 0.5 else ""
            begun = time.perf_counter()
            status, body = await http.get(get_head(url, path + before, person.rest.access))
            if window.measuring:
                ages.append((time.perf_counter() - begun) * 1e3)
                lost[0] += status != 200 or body.count(b'"content":') != PAGE
        http.close()

    tasks = [asyncio.create_task(read(number, person)) for number, person in enumerate(persons)]
    cost = await window.measure(warm=WARM_SECONDS, seconds=seconds)
    is_over.set()
    await asyncio.gather(*tasks)
    return {
        "per_s": round(len(ages) / cost["seconds"], 1),
        **latency(ages),
        "lost": lost[0],
        "cores": cost["cores"],
    }
