"""The queue of cases, and what waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from moderation.enums import CaseKind, Right
from moderation.models import Case
from moderation.queries import queue
from moderation.rules import may_approve
from prayermap.lib.acting import current_user_id
from prayermap.lib.times import utc_now

from .pages import needs, page, rights_of

#: `?show=…`, with its name on the page.
TABS = (
    ("open", "All open"), ("unclaimed", "Nobody has it"), ("mine", "Mine"), ("urgent", "Urgent"),
    ("overdue", "Overdue"), ("appeals", "Appeals"), ("waiting", "Second person"), ("closed", "Closed"),
)  # fmt: skip


@needs(Right.READ_CASES)
def case_queue(request: HttpRequest) -> HttpResponse:
    show, kind, after = (request.GET.get(name, "") for name in ("show", "kind", "after"))
    show = show or "open"
    if show not in dict(TABS) or (kind and kind not in CaseKind.values):
        raise BadRequest
    if term := request.GET.get("q", "").strip():
        return _search(request, term)
    if show == "waiting":
        return _waiting(request)
    try:
        found = (
            queue.closed_page(kind=kind, after=after)
            if show == "closed"
            else queue.queue_page(show=show, kind=kind, after=after, now=utc_now())
        )
    except ValueError:
        raise BadRequest from None
    return _list(request, show, found.cases, kind=kind, after=found.after)


def _search(request: HttpRequest, term: str) -> HttpResponse:
    try:
        found = queue.found_cases(term)
    except ValueError:
        found = []
    if len(found) == 1:
        return redirect("admin:case_page", found[0].pk)
    return _list(request, "", found, term=term)


def _list(request: HttpRequest, show: str, cases: Sequence[Case], **more: object) -> HttpResponse:
    return page(
        request, "queue", "Cases", tabs=TABS, show=show, cases=cases, kinds=CaseKind.choices, now=utc_now(), **more
    )  # fmt: skip


def _waiting(request: HttpRequest) -> HttpResponse:
    """What somebody proposed or did at once; each with whether it is for who looks."""
    me, rights = current_user_id(), rights_of(request)
    rows = [
        (row, row.proposed_by_id != me and may_approve(row.kind, rights)) for row in queue.waiting_decisions()
    ]
    return page(request, "waiting", "Waiting for a second person", tabs=TABS, show="waiting", rows=rows)
