"""Names and steps that a case's page shows beside its rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from messaging.admin.names import Person, people_of
from moderation.enums import DecisionState, Right
from moderation.models import Decision
from moderation.queries.case_page import CasePage
from moderation.rules import may_approve, may_undo


class DecisionSteps(NamedTuple):
    """A decision, and what whoever looks can do with it."""

    decision: Decision
    can_approve: bool
    can_refuse: bool
    can_undo: bool


def members_of(found: CasePage) -> dict[str, Person]:
    """The named members among the reporters and the authors of evidence, by member id as text. One query."""
    ids: set[UUID | None] = {report.reporter_member for report in found.reports}
    ids |= {UUID(row.body["sender"]) for row in found.evidence if row.body.get("sender")}
    return {str(key): person for key, person in people_of(ids).items()}


def decision_steps(decisions: Iterable[Decision], rights: frozenset[Right], me: UUID) -> list[DecisionSteps]:
    found = []
    for row in decisions:
        waits = row.state == DecisionState.PROPOSED or (
            row.state == DecisionState.EFFECTIVE and row.is_break_glass and row.approved_by_id is None
        )
        found.append(
            DecisionSteps(
                row,
                can_approve=waits and row.proposed_by_id != me and may_approve(row.kind, rights),
                can_refuse=waits and Right.WORK_CASES in rights,
                can_undo=row.state == DecisionState.EFFECTIVE and not waits and may_undo(row.kind, rights),
            )
        )
    return found
