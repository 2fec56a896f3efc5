"""Figures as they were last made; row-level security says who may read them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction

from messaging.enums import MessageType
from moderation.models import Insight, InsightDay
from prayermap.lib.db import call

DAYS = 30
PREFIX = "prayermap_"


class Insights(NamedTuple):
    """`days` oldest first, one for each of the last 30 days that there are figures of; the rest by name."""

    days: list[InsightDay]
    sets: dict[str, Insight]

    def figures(self, name: str) -> dict[str, Any]:
        return self.sets[name].figures if name in self.sets else {}


def insights(today: date) -> Insights:
    """Two statements."""
    days = InsightDay.objects.filter(day__gt=today - timedelta(days=DAYS), day__lte=today).order_by("day")
    return Insights(list(days), {row.name: row for row in Insight.objects.all()})


def day_rows(days: list[InsightDay]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every figure of a day, as a table: columns, and a row for each day."""
    columns = (
        "date", "total_messages", "active_senders", "active_conversations", "avg_message_length",
        *(f"{kind}_messages" for kind in MessageType.values), "turns", "answered_within_24h",
    )  # fmt: skip
    rows = [
        (
            day.day, day.total_messages, day.active_senders, day.active_conversations,
            None if day.avg_message_length is None else round(day.avg_message_length, 1),
            *(day.types.get(kind, 0) for kind in MessageType.values), day.turns, day.answered,
        )
        for day in days
    ]  # fmt: skip
    return columns, rows


def gauges() -> str:
    """The same for Prometheus, in its text format; empty where the database is away."""
    try:
        with transaction.atomic():
            rows = call("insight_gauges")
    except DatabaseError:
        return ""
    lines = [
        line
        for row in rows
        for line in (f"# TYPE {PREFIX}{row.name} gauge", f"{PREFIX}{row.name} {row.value:.10g}")
    ]
    return "".join(f"{line}\n" for line in lines)
