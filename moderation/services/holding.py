"""Legal holds: keep a person or a conversation as it is, until it is released. As somebody of the staff."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from moderation.models import LegalHold
from moderation.services.auditing import record
from prayermap.lib.acting import current_user_id
from prayermap.lib.errors import Conflict

REASON_CHARS = 200


def place_hold(
    *, user_id: UUID | None, conversation_id: UUID | None, reason: str, now: datetime
) -> LegalHold:
    """On one of the two. `reason`: the reference of the order; it doesn't go into the trail."""
    hold = LegalHold.objects.create(
        user_id=user_id,
        conversation_id=conversation_id,
        reason=reason,
        placed_by_id=current_user_id(),
        placed_at=now,
    )
    _record("hold.placed", hold)
    return hold


def release_hold(*, hold_id: UUID, now: datetime) -> None:
    """Raises Conflict where somebody has released it already."""
    if LegalHold.objects.filter(pk=hold_id, released_at=None).update(released_at=now) != 1:
        raise Conflict("It has been released already.")
    _record("hold.released", LegalHold.objects.get(pk=hold_id))


def _record(action: str, hold: LegalHold) -> None:
    is_person = hold.user_id is not None
    record(
        action=action,
        subject_kind="person" if is_person else "conversation",
        subject=hold.user_id if is_person else hold.conversation_id,
        hold=str(hold.pk),
    )
