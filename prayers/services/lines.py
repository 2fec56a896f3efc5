"""Memorial lines that have run out."""

from __future__ import annotations

from prayermap.lib.db import call
from prayers.events import publish_map


def hide_expired_lines(*, batch: int = 5_000) -> int:
    """Take them from the map's index, at most `batch`; how many. The map left them out before. Runs as the owner."""
    rows = call("hide_run_out_lines", batch, types="int", using="owner")
    publish_map(lines=[row[0] for row in rows], has_left=True, using="owner")
    return len(rows)
