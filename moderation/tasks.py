"""Background work of moderation. Every task may run twice, and late."""

from __future__ import annotations

import logging
import time
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, transaction
from procrastinate.contrib.django import app

from moderation.privacy.certifying import certify_new
from moderation.privacy.erasing import advance
from moderation.privacy.export_work import expire, make, waiting
from moderation.privacy.officer import request_decided
from moderation.privacy.preview import count
from moderation.queries.erasures import due_requests, overdue_requests
from moderation.queries.verification import verify_audit
from moderation.services.ageing import let_go
from moderation.services.archiving import MIN_DAYS, archive, archived_months, months_older_than, restore
from moderation.services.auditing import record, seal_newest
from moderation.services.following import lapse_decisions, remove_in_bulk
from moderation.services.insights import make_insights
from moderation.services.notices import tell_people
from moderation.services.retention import forget_evidence_of_erased, forget_old_evidence
from prayermap.lib.times import utc_now

logger = logging.getLogger(__name__)

#: The next run goes on where one has ended; a worker that is told to end waits for little more than this.
SCREEN_SECONDS = 20


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="audit-seal")
def seal_audit(timestamp: int) -> None:
    """What members and triggers added since the last minute."""
    with transaction.atomic():
        seal_newest()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="moderation.tasks.follow_up")
def follow_up(timestamp: int = 0) -> None:
    """What decisions leave to the worker: people to tell, long removals, what nobody confirmed."""
    tell_people(now=utc_now())
    remove_in_bulk()
    lapse_decisions()


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="screening")
def screen(timestamp: int) -> None:
    """New and edited messages, prayers and responses, for what the server notices by itself."""
    from moderation.services.screening import screen_new  # only a worker needs the lists of words: 2 MB

    end = time.monotonic() + SCREEN_SECONDS
    try:
        screen_new(is_over=lambda: time.monotonic() > end)
    finally:
        close_old_connections()


@app.periodic(cron="4,19,34,49 * * * *")
@app.task(queueing_lock="insights")
def look_back(timestamp: int) -> None:
    """The figures of the console and of /metrics."""
    try:
        make_insights(today=utc_now().date())
    finally:
        close_old_connections()


@app.periodic(cron="43 4 * * *")
@app.task(queueing_lock="audit-verify")
def check_audit(timestamp: int) -> None:
    """The whole trail, once a day; the result stands in the trail itself."""
    found = verify_audit(now=utc_now(), using="owner")
    if not found.is_whole:
        logger.error("the audit trail is not whole: %s problems; run verify_audit", len(found.problems))
    with transaction.atomic():
        record(action="audit.verified", entries=found.entries, problems=len(found.problems))


@app.periodic(cron="13 5 * * *")
@app.task(queueing_lock="evidence")
def forget_evidence(timestamp: int) -> None:
    """What was sealed for cases that were closed long ago, in small batches."""
    while forget_old_evidence(now=utc_now()):
        pass


@app.periodic(cron="33 2 * * *")
@app.task(queueing_lock="retention")
def apply_retention(timestamp: int) -> None:
    """Messages that are older than their kind of conversation keeps them, in small batches with pauses."""
    for _ in let_go(now=utc_now()):
        pass


@app.periodic(cron="53 1 * * *")
@app.task(queueing_lock="archive")
def archive_old_months(timestamp: int) -> None:
    """Where ARCHIVE_AFTER_DAYS asks for it; what may not move stays, and is looked at again the next night."""
    if settings.ARCHIVE_AFTER_DAYS:
        rows = months_older_than(settings.ARCHIVE_AFTER_DAYS, today=utc_now().date())
        for moved in archive(rows, now=utc_now()):
            logger.info("%s: %s", f"{moved.month:%Y-%m}", moved.outcome.value)


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="evidence of erased")
def forget_erased(timestamp: int) -> None:
    """What was kept of erased people until their cases were closed."""
    while forget_evidence_of_erased():
        pass


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="erasures")
def erase_due(timestamp: int) -> None:
    """Go on with every erasure that has something to do. Jobs of a single person would tell when."""
    now = utc_now()
    request_decided(now)
    for request in due_requests(now):
        try:
            advance(request)
        except Exception:
            logger.exception("an erasure stopped; it goes on in five minutes")
    while certify_new():
        pass
    if overdue := overdue_requests(now):
        logger.error("%d erasures are past their legal deadline", overdue)


@app.task
def move_month(month: str, step: str) -> None:
    """Into the archive or back, as somebody asked for in the console; a month that may not move stays."""
    rows = archived_months() if step == "restore" else months_older_than(MIN_DAYS, today=utc_now().date())
    wanted = [row for row in rows if f"{row.month:%Y-%m}" == month]
    for moved in restore(wanted) if step == "restore" else archive(wanted, now=utc_now()):
        logger.info("%s: %s", month, moved.outcome.value)


@app.task
def count_traces(request: str) -> None:
    """The preview of an erasure."""
    count(UUID(request))


@app.task
def make_export(request: str) -> None:
    """The copy that somebody has just asked for."""
    make(UUID(request))


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="exports")
def mind_exports(timestamp: int) -> None:
    """Copies that a killed worker left, and those whose time is over."""
    for request in waiting(utc_now()):
        try:
            make(request)
        except Exception:
            logger.exception("an export failed")
    expire(utc_now())
