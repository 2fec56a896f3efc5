"""What goes wrong during an endurance check: lines that break, apps that close, components that are killed."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter

from bench.crowd import Crowd, Side
from bench.stack import Component, Stack

#: A closed app comes back within this time.
LONGEST_AWAY_SECONDS = 2.0


async def breaking_lines(crowd: Crowd, every_seconds: float) -> None:
    """Each side loses its connection again and again, on average after `every_seconds`; runs until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        for number, side in enumerate(crowd.sides):
            tasks.create_task(_unlucky(side, crowd.figures, random.Random(number), every_seconds))


async def _unlucky(side: Side, figures: Counter[str], chance: random.Random, every_seconds: float) -> None:
    while True:
        await asyncio.sleep(chance.expovariate(1 / every_seconds))
        if chance.random() < 0.5:
            figures["lines cut"] += 1
            if side.client.socket:
                side.client.socket.abort()
        else:
            figures["apps closed"] += 1
            try:
                await side.stop()
                await asyncio.sleep(chance.uniform(0, LONGEST_AWAY_SECONDS))
            finally:  # whoever cancels us wants everybody back
                side.start()


async def killings(crowd: Crowd, stack: Stack, component: Component, times: int, down_seconds: float) -> None:
    """SIGKILL the component `times` times, spread over the run, and start it again after a while."""
    total = sum(len(side.sent) for side in crowd.sides)
    for turn in range(1, times + 1):
        while crowd.acknowledged() < total * turn // (times + 1):  # noqa: ASYNC110 - progress, not an event
            await asyncio.sleep(0.02)
        print(f"killing {component} at {crowd.acknowledged():,} of {total:,} acknowledged", file=sys.stderr)
        crowd.figures[f"{component} killed"] += 1
        await asyncio.to_thread(stack.kill, component)
        await asyncio.sleep(down_seconds)
        await asyncio.to_thread(stack.revive, component)
