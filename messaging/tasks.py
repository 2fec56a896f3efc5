"""Background work on a schedule. Every task may run twice, and late."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from accounts.models import User
from accounts.services.client_keys import purge_client_keys
from accounts.services.sessions import purge_sessions
from messaging.outbox import Tally, send_due
from messaging.services.disappearing import BATCH, expire_messages
from messaging.services.media_sweep import sweep_media
from messaging.services.partitions import create_months
from messaging.services.queueing import purge_queue
from messaging.services.renaming import conversations_follow_name
from prayermap.lib.acting import acting_as
from prayermap.lib.times import utc_now

logger = logging.getLogger(__name__)

MONTHS_AHEAD = 3
#: The next run of the task goes on where one has ended; a worker that is told to end waits for no more than this.
QUEUE_RUN_SECONDS = 20
#: A worker beats every ten seconds.
STALLED_SECONDS = 30


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="partitions")
def make_months(timestamp: int) -> None:
    """The months of messages, three ahead."""
    create_months(today=datetime.now(UTC).date(), ahead=MONTHS_AHEAD)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="rescue", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int) -> None:
    """Work that a killed worker had begun is begun again, unless the same waits already."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        try:
            await jobs.retry_job(job)
        except UniqueViolation:
            await jobs.finish_job(job, Status.FAILED, delete_job=False)


@app.periodic(cron="37 * * * *")
@app.task(queueing_lock="purge")
def forget_expired(timestamp: int) -> None:
    """Sessions that ended long ago, client_ids older than 30 days, queued messages that are done; in small batches."""
    while purge_sessions(now=utc_now()):
        pass
    while purge_client_keys(utc_now()):
        pass
    while purge_queue(utc_now()):
        pass


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="queue")
def send_queued(timestamp: int) -> None:
    """Queued messages that are due; also put off by whoever queues one that is."""
    end = time.monotonic() + QUEUE_RUN_SECONDS
    while send_due(Tally(), lambda: time.monotonic() > end) and time.monotonic() < end:
        pass


@app.task
def tell_rest_of_renamed(user: str, after: str) -> None:
    """The next conversations of somebody who is in very many and has another name; it puts off those behind them."""
    with acting_as(UUID(user)):
        name = User.objects.values_list("display_name", flat=True).get(pk=user)
        conversations_follow_name(name, after=UUID(after))


@app.periodic(cron="* * * * * */15")
@app.task(queueing_lock="disappearing")
def let_disappear(timestamp: int) -> None:
    """Messages whose time is over, in small batches; readers are shown none of them from the second on."""
    while expire_messages(now=utc_now()) == BATCH:
        pass


@app.periodic(cron="47 * * * *")
@app.task(queueing_lock="media")
def sweep_files(timestamp: int) -> None:
    """Uploads that no message took, and files without a row. Missing files are told: a backup has them."""
    swept = sweep_media(now=utc_now())
    if swept.missing:
        logger.error("%d stored files are missing, the first is %s", len(swept.missing), swept.missing[0])
