"""Background work on a schedule. Every task may run twice, and late."""

from __future__ import annotations

from procrastinate.contrib.django import app

from prayers.services.lines import hide_expired_lines


@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="lines")
def hide_lines(timestamp: int) -> None:
    """Memorial lines that have run out, in small batches. They do so at whole hours, and open maps are told."""
    while hide_expired_lines():
        pass
