"""What needs doing now, for the first page of the console."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from moderation.enums import CaseKind, Right
from moderation.queries.privacy import deadlines
from moderation.queries.queue import VIEWS, open_cases, waiting_decisions
from moderation.rules import may_approve
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call

#: Counted no further.
MOST = 99
FLOW_DAYS = 14


class Todo(NamedTuple):
    """Something that waits: how many (100: more than can be counted at a glance), since when, where to go."""

    title: str
    number: int
    url: str
    hint: str = ""
    is_pressing: bool = False


class Flow(NamedTuple):
    """Cases opened and closed a day, oldest first, and what lies open by priority."""

    days: list[Any]
    backlog: list[Any]


def todos(rights: frozenset[Right], now: datetime) -> list[Todo]:
    """What this person can do something about, the most pressing first."""
    found = _of_cases(rights, now) if Right.READ_CASES in rights else []
    if Right.WORK_PRIVACY in rights:
        found += _of_privacy(now)
    return sorted(found, key=lambda todo: not (todo.is_pressing and todo.number))


def flow() -> Flow:
    return Flow(call("case_flow", FLOW_DAYS, types="int"), call("case_backlog", MOST + 1, types="int"))


def _of_cases(rights: frozenset[Right], now: datetime) -> list[Todo]:
    """Counts end at 100: each reads a hundred entries of an index at most."""

    def number(show: str) -> int:
        return len(VIEWS[show](open_cases(), now).values_list("pk")[: MOST + 1])

    waiting = [
        row
        for row in waiting_decisions()
        if row.proposed_by_id != current_user_id() and may_approve(row.kind, rights)
    ]
    appeals = open_cases().filter(kind=CaseKind.APPEAL).values_list("pk")[: MOST + 1]
    return [
        Todo("Urgent", number("urgent"), "cases/?show=urgent", "A life may hang on it", is_pressing=True),
        Todo("Overdue", number("overdue"), "cases/?show=overdue", "Should have been looked at", is_pressing=True),
        Todo("Waiting for a second person", len(waiting), "cases/?show=waiting", "Proposed by somebody else", is_pressing=True),
        Todo("My cases", number("mine"), "cases/?show=mine", "Claimed by you"),
        Todo("Appeals", len(appeals), "cases/?show=appeals", "Decided by somebody else before"),
        Todo("Nobody has it", number("unclaimed"), "cases/?show=unclaimed", "The next ones to take"),
    ]  # fmt: skip


def _of_privacy(now: datetime) -> list[Todo]:
    """The law gives a month for a copy and for an erasure."""
    found = deadlines(now)
    return [
        Todo("Past the law's deadline", found.overdue, "privacy/", "Erasures and copies of data", is_pressing=True),
        Todo("Due within a week", found.soon, "privacy/", "Erasures and copies of data"),
        Todo("Erasures kept waiting", found.held, "privacy/", "By a legal hold: is it still in force?"),
        Todo("Copies that failed", found.failed, "privacy/", "Made anew by whoever runs the server"),
    ]  # fmt: skip
