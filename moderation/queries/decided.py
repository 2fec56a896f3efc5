"""What a decision was about, for who tells of it."""

from __future__ import annotations

from uuid import UUID

from moderation.enums import DecisionKind
from moderation.models import Appeal, Decision


def prayer_decided_on(decision_id: UUID | None, kind: str) -> UUID | None:
    """The prayer that a decision of this kind hid or showed again, also by granting an appeal; None for any other."""
    if decision_id is None:
        return None
    if kind == DecisionKind.HIDE_PRAYER:
        return Decision.objects.filter(pk=decision_id).values_list("case__subject", flat=True).first()
    if kind == DecisionKind.GRANT:
        appeals = Appeal.objects.filter(case__decisions=decision_id, decision__kind=DecisionKind.HIDE_PRAYER)
        return appeals.values_list("decision__case__subject", flat=True).first()
    return None
