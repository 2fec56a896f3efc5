"""Requests of people to be erased: one's own, and those that have something to do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from messaging.models import Participant
from moderation.enums import ErasureState
from moderation.models import ErasureRequest, LegalHold
from prayermap.lib.acting import current_user_id

OWNER = "owner"
#: Read by nobody but the worker.
_SEALED = ("salt", "counts", "certificate")


def my_erasure() -> ErasureRequest | None:
    """The newest request of the person who acts."""
    mine = ErasureRequest.objects.filter(user=current_user_id())
    return mine.defer(*_SEALED).order_by("-requested_at").first()


def due_requests(now: datetime) -> list[UUID]:
    """Requests that have something to do, oldest first."""
    is_due = Q(state__in=(ErasureState.PENDING, ErasureState.HELD), due_at__lte=now)
    is_going_on = Q(state__in=(ErasureState.RUNNING, ErasureState.SETTLING))
    rows = ErasureRequest.objects.using(OWNER).filter(is_due | is_going_on)
    return list(rows.order_by("requested_at").values_list("pk", flat=True))


def overdue_requests(now: datetime) -> int:
    """How many are open although the law's deadline has passed."""
    return (
        ErasureRequest.objects.using(OWNER)
        .filter(deadline_at__lt=now)
        .exclude(state__in=(ErasureState.DONE, ErasureState.CANCELLED))
        .count()
    )


def is_held(user_id: UUID) -> bool:
    """Whether a legal hold keeps this person, or a conversation of theirs, as it is."""
    holds = LegalHold.objects.using(OWNER).filter(released_at=None)
    places = Participant.objects.using(OWNER).filter(user=user_id).values("conversation_id")
    return holds.filter(Q(user=user_id) | Q(conversation_id__in=places)).exists()
