"""The queue of cases, as somebody of the staff sees it. Nothing is counted; pages follow keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from moderation.enums import CaseKind, CaseState, DecisionState
from moderation.models import Case, Decision
from prayermap.lib.acting import current_user_id

PAGE = 50
#: Columns of the moderators that lists show; the role of the console may not read all of them.
_CLAIMED = ("claimed_by__display_name",)
_COLUMNS = (
    "id", "kind", "subject", "conversation_id", "seq", "reason", "priority", "report_count", "is_sealed", "state",
    "outcome", "opened_at", "due_at", "closed_at", "claimed_until", "version", *_CLAIMED,
)  # fmt: skip


class Page(NamedTuple):
    """Cases, and the key from which the next page starts; None where there is none."""

    cases: list[Case]
    after: str | None


def cases() -> QuerySet[Case]:
    """All that the person who acts may know of, with who has them."""
    return Case.objects.select_related("claimed_by").only(*_COLUMNS)


def open_cases() -> QuerySet[Case]:
    return cases().filter(state=CaseState.OPEN)


def _mine(found: QuerySet[Case], now: datetime) -> QuerySet[Case]:
    return found.filter(claimed_by_id=current_user_id(), claimed_until__gt=now)


def _unclaimed(found: QuerySet[Case], now: datetime) -> QuerySet[Case]:
    return found.filter(Q(claimed_by=None) | Q(claimed_until__lte=now))


#: What the queue can show: `?show=…`.
VIEWS: dict[str, Callable[[QuerySet[Case], datetime], QuerySet[Case]]] = {
    "open": lambda found, now: found,
    "unclaimed": _unclaimed,
    "mine": _mine,
    "urgent": lambda found, now: found.filter(priority=1),
    "overdue": lambda found, now: found.filter(due_at__lt=now),
    "appeals": lambda found, now: found.filter(kind=CaseKind.APPEAL),
}


def queue_page(*, show: str, kind: str, after: str, now: datetime) -> Page:
    """The gravest first, then what has waited longest. Uses index: case_queue. Raises ValueError for a bad key."""
    found = VIEWS[show](open_cases(), now).order_by("priority", "id")
    if kind:
        found = found.filter(kind=kind)
    if after:
        priority, _, key = after.partition(".")
        found = found.filter(Q(priority__gt=int(priority)) | Q(priority=int(priority), id__gt=UUID(key)))
    rows = list(found[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return Page(rows, f"{rows[-1].priority}.{rows[-1].pk}" if more else None)


def closed_page(*, kind: str, after: str) -> Page:
    """Closed ones, the last opened first. Raises ValueError for a bad key."""
    found = cases().filter(state=CaseState.CLOSED).order_by("-id")
    if kind:
        found = found.filter(kind=kind)
    if after:
        found = found.filter(id__lt=UUID(after))
    rows = list(found[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return Page(rows, str(rows[-1].pk) if more else None)


def found_cases(term: str) -> list[Case]:
    """Cases with this id, or about something with this id, newest first. Raises ValueError where it is none."""
    key = UUID(term.strip())
    return list(cases().filter(Q(pk=key) | Q(subject=key)).order_by("-id")[:PAGE])


def decisions() -> QuerySet[Decision]:
    """With who took them; columns of people that the console may read."""
    return Decision.objects.select_related("proposed_by", "approved_by", "ended_by", "case").only(
        "id", "kind", "state", "reason", "statement", "until", "proposed_at", "approved_at", "applied_at",
        "is_break_glass", "confirm_before", "ended_at", "proposed_by__display_name", "approved_by__display_name",
        "ended_by__display_name", "case__kind", "case__priority", "case__state", "case__opened_at",
    )  # fmt: skip


def waiting_decisions() -> list[Decision]:
    """What waits for a second person, the oldest first. Uses indexes: decision_waiting, decision_unconfirmed."""
    proposed = decisions().filter(state=DecisionState.PROPOSED)
    unconfirmed = decisions().filter(state=DecisionState.EFFECTIVE, is_break_glass=True, approved_by=None)
    rows = [*unconfirmed.order_by("id")[:PAGE], *proposed.order_by("id")[:PAGE]]
    return rows[:PAGE]


def is_mine(case: Case, now: datetime) -> bool:
    """Whether the person who acts has this case at `now`."""
    return (
        case.claimed_by_id == current_user_id()
        and case.claimed_until is not None
        and case.claimed_until > now
    )
