"""Make the figures that the console and /metrics show. Runs as the owner, by the worker."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from moderation.models import InsightDay
from prayermap.lib.db import call

OWNER = "owner"
#: What the page shows, and a little more.
DAYS = 31
#: A turn of three days ago can't be answered in time any more.
UNSETTLED = 3


def make_insights(*, today: date) -> int:
    """The days that are missing or may still change, a transaction each; then the rest. How many days were made.

    Reads the messages of a day and of its neighbours: seconds for a day of a million.
    """
    known = set(InsightDay.objects.using(OWNER).values_list("day", flat=True))
    days = [today - timedelta(days=ago) for ago in range(DAYS, -1, -1)]
    due = [day for day in days if day not in known or day > today - timedelta(days=UNSETTLED)]
    for day in due:
        with transaction.atomic(using=OWNER):
            call("make_insight_day", day, types="date", using=OWNER)
    with transaction.atomic(using=OWNER):
        call("make_insights", using=OWNER)
    return len(due)
