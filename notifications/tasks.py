"""Background work on a schedule. Every task may run twice, and late."""

from __future__ import annotations

import time

from django.db import close_old_connections
from procrastinate.contrib.django import app

from notifications.services.recording import purge_decisions
from prayermap.lib.times import utc_now

#: The next run goes on where one has ended; a worker that is told to end waits for little more than this.
RUN_SECONDS = 20


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="notifications")
def deliver_notifications(timestamp: int) -> None:
    """Whatever is due: pushes and mails."""
    # Here, because servers import this file too, and need no client of push services: 15 MB in each process.
    from notifications.services.delivering import Tally, deliver_due

    end = time.monotonic() + RUN_SECONDS
    try:
        while deliver_due(Tally(), lambda: time.monotonic() > end) and time.monotonic() < end:
            pass
    finally:
        close_old_connections()  # the next run may be on another thread


@app.periodic(cron="47 * * * *")
@app.task(queueing_lock="notification-decisions")
def forget_decisions(timestamp: int) -> None:
    """Reasons older than seven days, in small batches."""
    try:
        while purge_decisions(utc_now()):
            pass
    finally:
        close_old_connections()
