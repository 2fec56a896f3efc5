"""Which months of messages exist."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from prayermap.lib.db import call


def months() -> list[date]:
    """First days of the months that have a partition, oldest first."""
    return [row[0] for row in call("message_months")]


def months_ahead(today: date | None = None) -> int:
    """How many whole months after this one are ready; -1 when the present one is missing."""
    this = (today or date.today()).replace(day=1)  # noqa: DTZ011 - the server's clock runs in UTC
    found = months()
    return sum(month > this for month in found) if this in found else -1


def stored_months(*, using: str = DEFAULT_DB_ALIAS) -> list[Any]:
    """Rows of {month, is_archived, archived_at, messages, bytes}, oldest first; `messages` as of the last ANALYZE.

    For the owner and for staff. Reads sizes of files, no row.
    """
    return call("stored_months", using=using)
