"""The process's Realtime, started and ended with its server."""

from __future__ import annotations

from prayermap.lib import lifecycle

from .service import Realtime

_running: Realtime | None = None


async def start() -> None:
    global _running
    _running = Realtime()
    await _running.start()


async def stop() -> None:
    global _running
    if _running is not None:
        await _running.stop()
        _running = None


def current() -> Realtime | None:
    """None before the server has started and after it has ended."""
    return _running


def register() -> None:
    lifecycle.on_start(start)
    lifecycle.on_stop(stop)
