"""Ask to be erased, and take it back in time. Inside `acting_as` the person."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.mail import send_after_commit
from moderation.enums import ErasureState
from moderation.models import ErasureRequest
from moderation.models.privacy import DEADLINE, OPEN_STATES
from moderation.queries.erasures import my_erasure
from moderation.services.auditing import record
from prayermap.lib.acting import current_user_id
from prayermap.lib.errors import Conflict, NotFound


def request_erasure(*, client_id: UUID | None, now: datetime) -> tuple[ErasureRequest, bool]:
    """(request, created). One at a time: whoever asks again is given the one that is open.

    The person is told by mail, in case it was not they who asked.
    """
    user_id = current_user_id()
    if earlier := _earlier(user_id, client_id):
        return earlier, False
    request = ErasureRequest(
        user_id=user_id,
        client_id=client_id,
        requested_at=now,
        due_at=now + timedelta(days=settings.ERASURE_GRACE_DAYS),
        deadline_at=now + DEADLINE,
    )
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except (
        IntegrityError
    ):  # a rival with the same wish: PostgreSQL names whichever of two constraints it met first
        if (found := _earlier(user_id, client_id)) is None:
            raise
        return found, False
    record(action="privacy.erasure_requested", subject_kind="erasure", subject=request.pk)
    send_after_commit("erasure_requested", User.objects.values_list("email", flat=True).get(pk=user_id))
    return request, True


def cancel_erasure(*, now: datetime) -> None:
    """Take the open request back. Raises NotFound where there is none, Conflict where it has begun."""
    request = my_erasure()
    if request is None or request.state not in OPEN_STATES:
        raise NotFound
    may_still = ErasureRequest.objects.filter(
        pk=request.pk, state__in=(ErasureState.PENDING, ErasureState.HELD)
    )
    if may_still.update(state=ErasureState.CANCELLED, cancelled_at=now) != 1:
        raise Conflict("It has begun and can't be taken back.")
    record(action="privacy.erasure_cancelled", subject_kind="erasure", subject=request.pk)


def _earlier(user_id: UUID, client_id: UUID | None) -> ErasureRequest | None:
    """The same request as it stands now, or the one that is open."""
    mine = ErasureRequest.objects.filter(user=user_id).defer("salt", "counts", "certificate")
    repeated = mine.filter(client_id=client_id).first() if client_id else None
    return repeated or mine.filter(state__in=OPEN_STATES).first()
