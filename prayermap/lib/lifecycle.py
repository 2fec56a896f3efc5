"""What a server process runs when it starts and before it ends.

Daphne has no ASGI lifespan, so `prayermap.server` calls `start()` and `stop()`; under uvicorn the
lifespan protocol does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Hook = Callable[[], Awaitable[None]]

_on_start: list[Hook] = []
_on_stop: list[Hook] = []


def on_start(hook: Hook) -> None:
    """Run `hook` on the event loop before the first connection."""
    _on_start.append(hook)


def on_stop(hook: Hook) -> None:
    """Run `hook` on the event loop when the server has been asked to end (last registered, first run)."""
    _on_stop.append(hook)


async def start() -> None:
    for hook in _on_start:
        await hook()


async def stop() -> None:
    for hook in reversed(_on_stop):
        await hook()
