"""Move whole months of messages into the archive and back: a change in the catalogue, under a short lock.

What keeps a month out of it is not known here; moderation.services.archiving asks that, in the same transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from django.db import OperationalError, connections, transaction
from psycopg import errors

from prayermap.lib.db import call_scalar

Result = TypeVar("Result")

OWNER = "owner"
#: For each of four tables. Others queue behind a lock that is waited for, sends too, so: short, and then out of the way
#: again. PostgreSQL looks for deadlocks after a second: this one has given way long before.
LOCK_TIMEOUT = "100ms"
#: With pauses of 0.1 s and more, up to 2 s: about a minute of trying.
TRIES = 40


def patiently(work: Callable[[], Result], *, pause: Callable[[float], None] = time.sleep) -> Result:
    """What `work` answers, done in a transaction of the owner's with a short lock_timeout, tried again where a lock
    could not be had. Raises OperationalError where that was the last try; then nothing has been done.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic(using=OWNER):
                with connections[OWNER].cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
                return work()
        except OperationalError as error:
            if not gave_way(error) or attempt == TRIES:
                raise
        pause(min(0.1 * attempt, 2))
    raise AssertionError("unreachable")


def gave_way(error: OperationalError) -> bool:
    """Whether others held the lock for too long: nothing is wrong, and another try may do."""
    return isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected)


def move_to_archive(month: date, now: datetime) -> bool:
    """Whether it was moved; False: it is there already. Inside a transaction of `patiently`.

    Raises DataError for a month that is still written to.
    """
    return bool(call_scalar("archive_message_month", month, now, types="date timestamptz", using=OWNER))


def move_back(month: date) -> bool:
    """Whether it was moved; False: it isn't in the archive. Inside a transaction of `patiently`."""
    return bool(call_scalar("restore_message_month", month, types="date", using=OWNER))
