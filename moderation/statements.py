"""The words that moderators start from when they tell people what was decided (templates/moderation/statements)."""

from __future__ import annotations

from django.template.loader import render_to_string

from moderation.enums import DecisionKind, Reason

#: Decisions that nobody is told of in words.
SILENT = frozenset({DecisionKind.FREEZE_CONVERSATION, DecisionKind.DEANONYMISE, DecisionKind.PURGE})


def draft_statement(kind: DecisionKind, reason: str) -> str:
    """A statement of reasons to begin with; empty where nobody is told."""
    if kind in SILENT:
        return ""
    label = Reason(reason).label.lower()
    return render_to_string(f"moderation/statements/{kind.value}.txt", {"reason": label}).strip()
