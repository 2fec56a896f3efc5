"""Insights: how messaging, conversations, moderation and the database are doing."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpRequest, HttpResponse

from moderation.enums import Right
from moderation.queries.insights import Insights, day_rows, insights
from prayermap.lib.times import utc_now

from .charts import day_chart
from .pages import needs, page

#: What stands there instead of slow queries.
EXPLAINED = {
    "missing": "PostgreSQL has no pg_stat_statements here: put it into shared_preload_libraries, restart, and run"
    " CREATE EXTENSION pg_stat_statements as a superuser.",
    "not_loaded": "pg_stat_statements is installed but not loaded: put it into shared_preload_libraries and restart.",
    "forbidden": "The owner's login may not read pg_stat_statements: GRANT pg_read_all_stats TO prayermap_owner.",
}
_LABELS = {
    "total_conversations": "Conversations that are open",
    "conversations_with_messages": "of them with messages",
    "avg_messages_per_conversation": "Messages in one of those, on average",
    "turns": "Turns in 30 days that somebody could answer",
    "answered": "of them answered within 24 hours",
    "response_rate_24h": "Response rate within 24 hours",
    "cases": "Cases opened in 30 days",
    "open": "of them still open",
    "first_look_hours_median": "Hours to the first look, median",
    "first_look_hours_p90": "Hours to the first look, nine of ten",
    "decision_hours_median": "Hours to the first decision, median",
    "decision_hours_p90": "Hours to the first decision, nine of ten",
    "appeals_decided": "Appeals decided",
    "appeal_overturn_rate": "Sanctions that an appeal took back",
    "agreement_rate": "Proposals that a second person confirmed",
}


@needs(Right.READ_INSIGHTS)
def insights_view(request: HttpRequest) -> HttpResponse:
    found = insights(utc_now().date())
    statements = found.figures("statements")
    columns, rows = day_rows(found.days)
    return page(
        request, "insights", "Insights",
        messages=day_chart([(day.day, day.total_messages) for day in found.days], "Messages"),
        people=day_chart([(day.day, day.active_senders) for day in found.days], "People who wrote"),
        columns=columns, rows=rows[::-1],
        health=_shown(found, "health"), moderation=_shown(found, "moderation"),
        statements=statements.get("rows", []), why_none=EXPLAINED.get(statements.get("state", "")),
        indexes=found.figures("indexes").get("rows", []),
        made_at=min((row.made_at for row in found.sets.values()), default=None),
    )  # fmt: skip


@needs(Right.READ_INSIGHTS)
def insights_csv(request: HttpRequest) -> HttpResponse:
    """The days, oldest first, as numbers: nothing in it can be a formula."""
    columns, rows = day_rows(insights(utc_now().date()).days)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="messaging.csv"'
    response["Cache-Control"] = "no-store"
    writer = csv.writer(response)
    writer.writerow(columns)
    writer.writerows(rows)
    return response


def _shown(found: Insights, name: str) -> list[tuple[str, str]]:
    """(label, value) in the order of the labels; a dash where there is nothing to measure."""
    figures = found.figures(name)
    return [(label, _value(key, figures[key])) for key, label in _LABELS.items() if key in figures]


def _value(key: str, value: Any) -> str:
    if value is None:
        return "-"
    if "rate" in key:
        return f"{100 * value:.1f} %"
    return f"{value:.1f}" if isinstance(value, float) else str(value)
