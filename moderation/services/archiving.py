"""Which months go into the archive, and what the audit trail says of it.

Each month is one transaction: looked at, moved with all that hangs on its messages, recorded. Whatever is killed has
moved a month or not; run again it goes on with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from django.db import OperationalError

from messaging.queries.partitions import stored_months
from messaging.services.archive import OWNER, gave_way, move_back, move_to_archive, patiently
from moderation.services.auditing import record
from prayermap.lib.db import call
from prayermap.lib.ids import uuid7_floor

#: A month that is younger may still be written to: ids may be 30 days old, clocks may be wrong.
MIN_DAYS = 90


class Outcome(StrEnum):
    ARCHIVED = "archived"
    RESTORED = "restored"
    #: Somebody has ordered that it stays as it is.
    LEGAL_HOLD = "legal_hold"
    #: Moderators are looking at something in it.
    OPEN_CASE = "open_case"
    #: A rival was faster.
    NOTHING = "nothing_to_do"
    #: Its lock could not be had for a minute.
    BUSY = "busy"


class Moved(NamedTuple):
    """What became of a month; `messages` as of the last ANALYZE."""

    month: date
    outcome: Outcome
    messages: int
    bytes: int


def months_older_than(days: int, *, today: date) -> list[Any]:
    """Rows of `stored_months` that ended so many days ago and aren't in the archive."""
    last = today - timedelta(days=max(days, MIN_DAYS))
    return [row for row in stored_months(using=OWNER) if not row.is_archived and after(row.month) <= last]


def is_too_young(month: date, *, today: date) -> bool:
    return after(month) > today - timedelta(days=MIN_DAYS)


def archived_months() -> list[Any]:
    return [row for row in stored_months(using=OWNER) if row.is_archived]


def after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def obstacle(month: date) -> Outcome | None:
    """What keeps this month out of the archive."""
    reasons = call("month_obstacles", month, types="date", using=OWNER)
    return Outcome(reasons[0].reason) if reasons else None


def archive(rows: Iterable[Any], *, now: datetime) -> Iterator[Moved]:
    """Move these months, rows of `stored_months`, one after the other; what became of each."""
    for row in rows:
        yield Moved(row.month, _tried(partial(_archive, row, now)), row.messages, row.bytes)


def restore(rows: Iterable[Any]) -> Iterator[Moved]:
    """Move these months back."""
    for row in rows:
        yield Moved(row.month, _tried(partial(_restore, row)), row.messages, row.bytes)


def _archive(row: Any, now: datetime) -> Outcome:
    if reason := obstacle(row.month):
        return reason
    if not move_to_archive(row.month, now):
        return Outcome.NOTHING
    _record("archive.month_moved", row)
    return Outcome.ARCHIVED


def _restore(row: Any) -> Outcome:
    if not move_back(row.month):
        return Outcome.NOTHING
    _record("archive.month_restored", row)
    return Outcome.RESTORED


def _tried(work: Callable[[], Outcome]) -> Outcome:
    try:
        return patiently(work)
    except OperationalError as error:
        if not gave_way(error):
            raise
        return Outcome.BUSY


def _record(action: str, row: Any) -> None:
    """Last in the transaction; entries of others wait for its end."""
    first = uuid7_floor(datetime.combine(row.month, time(), UTC))
    record(
        action=action,
        subject_kind="month",
        subject=first,
        using=OWNER,
        month=f"{row.month:%Y-%m}",
        messages_about=row.messages,
        bytes=row.bytes,
    )
