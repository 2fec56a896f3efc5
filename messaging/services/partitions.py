"""Make the months of messages ahead of time, under a short lock."""

from __future__ import annotations

import time
from datetime import date

from django.db import OperationalError, connections, transaction

#: Ids may be 30 days old: on 1 March they are from January.
MONTHS_BACK = 2
_LOCK_TIMEOUT = "2s"
_TRIES = 5


def create_months(*, today: date, ahead: int) -> list[date]:
    """Make what is missing from two months ago to `ahead` months on; returns the months made. Runs as the owner.

    Raises OperationalError when a lock could not be had in five tries of two seconds.
    """
    wanted = [_add_months(today.replace(day=1), offset) for offset in range(-MONTHS_BACK, ahead + 1)]
    return [month for month in wanted if _create(month)]


def _create(month: date) -> bool:
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_LOCK_TIMEOUT])
                cursor.execute("SELECT create_message_month(%s)", [month])
                return bool(cursor.fetchone()[0])
        except OperationalError:
            if attempt == _TRIES:
                raise
            time.sleep(attempt)
    raise AssertionError("unreachable")


def _add_months(first: date, count: int) -> date:
    years, month = divmod(first.year * 12 + first.month - 1 + count, 12)
    return date(years, month + 1, 1)
