"""Background work on a schedule. Every task may run twice, and late."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from accounts.services.client_keys import purge_client_keys
from accounts.services.sessions import purge_sessions
from messaging.services.partitions import create_months
from prayermap.lib.times import utc_now

MONTHS_AHEAD = 3


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="partitions")
def make_months(timestamp: int) -> None:
    """The months of messages, three ahead."""
    create_months(today=datetime.now(UTC).date(), ahead=MONTHS_AHEAD)


@app.periodic(cron="37 * * * *")
@app.task(queueing_lock="purge")
def forget_expired(timestamp: int) -> None:
    """Sessions that ended long ago and client_ids older than 30 days, in small batches."""
    while purge_sessions(now=utc_now()):
        pass
    while purge_client_keys(utc_now()):
        pass
