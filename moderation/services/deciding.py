"""Decide in a case, be the second, refuse, undo: one call into PostgreSQL each, which judges anew who may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from messaging.services.outcomes import refusal
from moderation.enums import DecisionKind
from moderation.models.decision import BREAKABLE, NOTICES, TIMED
from moderation.services.auditing import seal_newest
from moderation.services.effects import tell_effects
from prayermap.lib.db import call
from prayermap.lib.errors import Conflict, invalid
from prayermap.lib.ids import uuid7

STATEMENT_CHARS = 4_000
LONGEST = timedelta(days=366)
#: What people read when a step doesn't fit, by outcome.
CONFLICT = "Somebody else has changed this case, or this no longer fits it. Look at it again."


class Draft(NamedTuple):
    """What a moderator wants to decide. `until` is for mutes and suspensions, `at_once` breaks the glass."""

    kind: DecisionKind
    reason: str
    statement: str = ""
    until: datetime | None = None
    at_once: bool = False


class Step(NamedTuple):
    """A decision and the state it is in now."""

    decision: UUID
    state: str


def decide(*, case_id: UUID, version: int, draft: Draft, now: datetime) -> Step:
    """Decide in a case that one has claimed and last saw in this version.

    Raises NotFound, Conflict (another version, claimed by somebody else, doesn't fit), Forbidden, Invalid.
    """
    _check(draft, now)
    return _step(
        draft.kind,
        "decide",
        case_id, version, uuid7(), draft.kind.value, draft.reason, draft.statement.strip(), draft.until, draft.at_once,
        types="uuid int uuid text text text timestamptz bool",
    )  # fmt: skip


def approve_decision(*, decision_id: UUID, kind: str) -> Step:
    """Be the second. Raises NotFound, Forbidden (one's own, or not one's right), Conflict."""
    return _step(kind, "approve_decision", decision_id, types="uuid")


def refuse_decision(*, decision_id: UUID, kind: str) -> Step:
    """Say no, or take back what one has proposed. Raises NotFound, Conflict."""
    return _step(kind, "refuse_decision", decision_id, types="uuid")


def undo_decision(*, decision_id: UUID, kind: str) -> Step:
    """Undo what can be undone. Raises NotFound, Forbidden, Conflict."""
    return _step(kind, "undo_decision", decision_id, types="uuid")


def _check(draft: Draft, now: datetime) -> None:
    if draft.kind in TIMED:
        if draft.until is None or not now < draft.until <= now + LONGEST:
            raise invalid(until="Must lie in the future, a year ahead at most.")
    elif draft.until is not None:
        raise invalid(until="This has no end.")
    if len(draft.statement) > STATEMENT_CHARS:
        raise invalid(statement=f"At most {STATEMENT_CHARS} characters.")
    if draft.kind in NOTICES and not draft.statement.strip():
        raise invalid(statement="Whom it hits is told why.")
    if draft.at_once and draft.kind not in BREAKABLE:
        raise invalid(at_once="This can't be done before a second person has confirmed it.")


def _step(kind: str, function: str, *args: Any, types: str) -> Step:
    (result,) = call(function, *args, types=types)
    if error := refusal(result.outcome):
        raise Conflict(CONFLICT) if isinstance(error, Conflict) else error
    tell_effects(result, kind)
    seal_newest()
    return Step(result.decision, result.state)
