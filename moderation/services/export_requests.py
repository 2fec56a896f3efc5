"""Ask for a copy of one's data, and for a link to it. Inside `acting_as` the person."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from moderation.enums import ExportState
from moderation.models import ExportRequest
from moderation.queries.exports import my_export, my_exports
from moderation.services.auditing import record
from prayermap.lib.acting import current_user_id
from prayermap.lib.rate import hit

_WORD_BYTES = 32


def request_export(*, client_id: UUID | None, now: datetime) -> tuple[ExportRequest, bool]:
    """(request, created). One at a time: whoever asks again is given the one that is being made. Raises RateLimited."""
    if earlier := _earlier(client_id):
        return earlier, False
    user_id = current_user_id()
    hit("exports", str(user_id))
    request = ExportRequest(user_id=user_id, client_id=client_id, requested_at=now)
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:  # a rival with the same wish
        if (found := _earlier(client_id)) is None:
            raise
        return found, False
    record(action="privacy.export_requested", subject_kind="export", subject=request.pk)
    return request, True


def new_link(*, export_id: UUID, now: datetime) -> str | None:
    """A word that opens the file once, within ten minutes; the one before opens it no longer. None where there is no
    file (yet, or any more). Raises NotFound.
    """
    request = my_export(export_id)
    if request.state != ExportState.READY or request.expires_at is None or request.expires_at <= now:
        return None
    word = secrets.token_urlsafe(_WORD_BYTES)
    until = now + timedelta(seconds=settings.EXPORT_LINK_SECONDS)
    ready = ExportRequest.objects.filter(pk=export_id, state=ExportState.READY)
    changed = ready.update(link_digest=digest_of(word), link_expires_at=until)
    return word if changed else None


def digest_of(word: str) -> bytes:
    return sha256(word.encode()).digest()


def _earlier(client_id: UUID | None) -> ExportRequest | None:
    repeated = my_exports().filter(client_id=client_id).first() if client_id else None
    return repeated or my_exports().filter(state__in=(ExportState.PENDING, ExportState.RUNNING)).first()
