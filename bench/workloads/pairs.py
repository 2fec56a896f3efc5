"""*pairs*: in each pair one keeps a few texts in flight to the other; the next leaves when one has arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.line import Line
from bench.stats import latency
from bench.workloads.mark import Marker
from bench.workloads.window import Window

WARM_SECONDS = 3.0


@dataclass
class Pair:
    """Two people with a socket each, and the conversation that both have accepted."""

    sender: Line
    receiver: Line
    conversation: str


async def pairs(
    everyone: list[Pair], window: Window, *, seconds: float, in_flight: int = 4
) -> dict[str, Any]:
    """Messages that arrived per second, and how long each took from send to arrival.

    With everything always in flight, latency is mostly queueing: pairs x in_flight / throughput.
    """
    marker, ages = Marker(), list[float]()
    sent, got, sending = [0], [0], [True]

    def shoot(slot: int) -> None:
        sent[0] += 1
        everyone[slot].sender.send(everyone[slot].conversation, marker.text(slot, sent[0]))

    def receiver(slot: int) -> Callable[[bytes], None]:
        def on_text(content: bytes) -> None:
            if not marker.ours(content):
                return
            got[0] += 1
            if window.measuring:
                ages.append(marker.age_ms(content))
            if sending[0]:
                shoot(slot)

        return on_text

    for slot, pair in enumerate(everyone):
        pair.receiver.on_text = receiver(slot)
        for _ in range(in_flight):
            shoot(slot)
    cost = await window.measure(warm=WARM_SECONDS, seconds=seconds)
    sending[0] = False
    await drained(lambda: got[0] >= sent[0])
    refused = [answer for pair in everyone for answer in pair.sender.refused]
    return {
        "per_s": round(len(ages) / cost["seconds"], 1),
        **latency(ages),
        "sent": sent[0],
        "lost": sent[0] - got[0],
        "refused": [answer.decode() for answer in refused[:3]],
        "cores": cost["cores"],
    }


async def drained(done: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until everything has arrived, but not for ever."""
    end = asyncio.get_running_loop().time() + seconds
    while not done() and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110 - callbacks count, 20 looks a second
        await asyncio.sleep(0.05)
