"""Memorial lines that have run out."""

from __future__ import annotations

from prayermap.lib.db import call_scalar


def hide_expired_lines(*, batch: int = 5_000) -> int:
    """Take them from the map's index, at most `batch`; how many. The map left them out before. Runs as the owner."""
    return int(call_scalar("hide_expired_lines", batch, types="int", using="owner"))
