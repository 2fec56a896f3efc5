"""*room*: one sends to a group; a message is done when the last of the other members has it."""

from __future__ import annotations

import time
from typing import Any

from bench.line import Line
from bench.stats import latency
from bench.workloads.mark import Marker
from bench.workloads.pairs import drained
from bench.workloads.window import Window

WARM_SECONDS = 2.0


async def room(
    sender: Line, members: list[Line], conversation: str, window: Window, *, seconds: float, in_flight: int
) -> dict[str, Any]:
    """Messages and deliveries per second, and the time until the last member had a message."""
    marker, ages = Marker(), list[float]()
    missing: dict[int, int] = {}
    left_at: dict[int, int] = {}
    count, deliveries, sending = [0], [0], [True]

    def shoot() -> None:
        count[0] += 1
        missing[count[0]], left_at[count[0]] = len(members), time.perf_counter_ns()
        sender.send(conversation, marker.text(0, count[0]))

    def on_text(content: bytes) -> None:
        if not marker.ours(content):
            return
        number = marker.number(content)
        deliveries[0] += window.measuring
        missing[number] -= 1
        if missing[number]:
            return
        if window.measuring:
            ages.append((time.perf_counter_ns() - left_at[number]) / 1e6)
        del missing[number], left_at[number]
        if sending[0]:
            shoot()

    for member in members:
        member.on_text = on_text
    for _ in range(in_flight):
        shoot()
    cost = await window.measure(warm=WARM_SECONDS, seconds=seconds)
    sending[0] = False
    await drained(lambda: not missing)
    return {
        "messages_per_s": round(len(ages) / cost["seconds"], 1),
        "deliveries_per_s": round(deliveries[0] / cost["seconds"], 1),
        **latency(ages),
        "lost": sum(missing.values()),
        "refused": [answer.decode() for answer in sender.refused[:3]],
        "cores": cost["cores"],
    }
