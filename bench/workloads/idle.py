"""*idle*: resident memory of the server while people are connected and nobody writes."""

from __future__ import annotations

import asyncio
from typing import Any

from bench import machine
from bench.line import Line, close_lines, open_lines
from bench.people import Person

SETTLE_SECONDS = 5.0


async def idle(url: str, persons: list[Person], steps: list[int], pids: list[int]) -> dict[str, Any]:
    """MB with each number of sockets, of these process trees (server and Valkey, without PostgreSQL)."""
    lines: list[Line] = []
    figures: dict[str, Any] = {}
    try:
        for step in steps:
            lines += await open_lines(url, persons[len(lines) : step])
            await asyncio.sleep(SETTLE_SECONDS)
            figures[f"rss_mb_{step}"] = round(machine.rss_mb(pids), 1)
    finally:
        await close_lines(lines)
    return figures
