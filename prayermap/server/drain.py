"""Run the life-cycle hooks of the application with a limit on their time."""

from __future__ import annotations

import asyncio
import logging

from prayermap.lib import lifecycle
from prayermap.server import collector
from prayermap.server.allocator import give_back
from prayermap.server.options import DRAIN_SECONDS

logger = logging.getLogger(__name__)


async def start_hooks() -> None:
    """Run what the application registered for its start. An error ends the server."""
    await lifecycle.start()
    collector.settle()
    give_back()


async def stop_hooks() -> None:
    """Let sockets say goodbye and the writer commit what it holds; give up after DRAIN_SECONDS."""
    try:
        await asyncio.wait_for(lifecycle.stop(), DRAIN_SECONDS)
    except TimeoutError:
        logger.warning("Not everything was finished within %.0f s of the request to end.", DRAIN_SECONDS)
    except Exception:
        logger.exception("A hook failed while the server was ending.")
