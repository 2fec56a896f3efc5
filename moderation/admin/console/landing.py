"""The first page: what needs doing now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from moderation.enums import Right
from moderation.queries.landing import flow, todos
from prayermap.lib.times import utc_now

from .charts import backlog_chart, flow_chart
from .pages import rights_of


def landing_context(request: HttpRequest) -> dict[str, Any]:
    """For the site's index: todos of who looks, and two charts for those who read cases."""
    rights = rights_of(request)
    found: dict[str, Any] = {"todos": todos(rights, utc_now())}
    if Right.READ_CASES in rights:
        numbers = flow()
        found |= {"flow": flow_chart(numbers.days), "backlog": backlog_chart(numbers.backlog)}
    return found


def places(request: HttpRequest) -> list[tuple[str, str]]:
    """(name, address) of the pages that stand in the head of every page."""
    rights = rights_of(request)
    found = [("Now", reverse("admin:index"))]
    if Right.READ_CASES in rights:
        found.append(("Cases", reverse("admin:case_queue")))
    if Right.READ_AUDIT in rights:
        found.append(("Audit trail", reverse("admin:trail")))
    if Right.READ_INSIGHTS in rights:
        found.append(("Insights", reverse("admin:insights")))
    if Right.WORK_PRIVACY in rights:
        found += [("Privacy", reverse("admin:privacy")), ("Archive", reverse("admin:archive"))]
    return found
