"""Make the copies that people asked for, and let them go after some days. Runs as the owner."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.services.mail import send_after_commit
from messaging.services.media_files import file_digest
from moderation.enums import ExportState
from moderation.models import ExportRequest
from moderation.privacy.exporting import write_export
from moderation.privacy.subject import OWNER
from moderation.services.auditing import record
from prayermap.lib.times import utc_now

#: A worker that has had one for so long was killed.
LOST_AFTER = timedelta(hours=1)


def make(request_id: UUID) -> bool:
    """Make the file of this request; False where somebody else does or did. What goes wrong leaves it `failed`."""
    if _open(utc_now()).filter(pk=request_id).update(state=ExportState.RUNNING, started_at=utc_now()) != 1:
        return False
    try:
        _store(request_id)
    except BaseException:
        _mine(request_id).update(state=ExportState.FAILED)
        raise
    return True


def waiting(now: datetime) -> list[UUID]:
    """Requests that no worker has, oldest first."""
    return list(_open(now).order_by("requested_at").values_list("pk", flat=True))


def expire(now: datetime) -> int:
    """Delete files whose time is over; how many. The file goes first, so that a row is left to find it by."""
    over = ExportRequest.objects.using(OWNER).filter(state=ExportState.READY, expires_at__lte=now)
    gone = 0
    for request in over.iterator():
        default_storage.delete(request.storage_name)
        gone += _mine(request.pk).update(
            state=ExportState.EXPIRED, storage_name="", link_digest=None, link_expires_at=None
        )
    return gone


def _store(request_id: UUID) -> None:
    request = ExportRequest.objects.using(OWNER).get(pk=request_id)
    name, now = f"exports/{request_id}.zip", utc_now()
    with tempfile.TemporaryFile() as file:
        write_export(request.user_id, file)
        size, digest = file.tell(), file_digest(file)
        file.seek(0)
        default_storage.delete(name)  # of a worker that was killed
        default_storage.save(name, File(file))
    with transaction.atomic(using=OWNER):
        ready = _mine(request_id).filter(state=ExportState.RUNNING).update(
            state=ExportState.READY, ready_at=now, expires_at=now + timedelta(days=settings.EXPORT_DAYS),
            storage_name=name, size=size, digest=digest,
        )  # fmt: skip
        if ready:
            record(action="privacy.export_ready", subject_kind="export", subject=request_id, using=OWNER)
    if not ready:  # the person was erased meanwhile
        default_storage.delete(name)
        return
    send_after_commit("export_ready", User.objects.values_list("email", flat=True).get(pk=request.user_id))


def _open(now: datetime) -> QuerySet[ExportRequest]:
    is_lost = Q(state=ExportState.RUNNING, started_at__lt=now - LOST_AFTER)
    return ExportRequest.objects.using(OWNER).filter(Q(state=ExportState.PENDING) | is_lost)


def _mine(request_id: UUID) -> QuerySet[ExportRequest]:
    return ExportRequest.objects.using(OWNER).filter(pk=request_id)
