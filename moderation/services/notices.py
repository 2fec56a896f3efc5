"""Tell people what moderators decided: whom it hit, and who reported. Runs as the owner, who alone knows them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from moderation.models import Report, Sanction
from notifications.enums import Kind
from notifications.services.opening import open_notification

OWNER = "owner"
BATCH = 100


def tell_people(*, now: datetime) -> int:
    """Open the notifications that are still to be opened, a batch a transaction; how many."""
    told = 0
    while batch := _tell_sanctioned(now) + _tell_reporters(now):
        told += batch
    return told


def _tell_sanctioned(now: datetime) -> int:
    with transaction.atomic(using=OWNER):
        untold = Sanction.objects.using(OWNER).select_for_update(skip_locked=True).filter(told_at=None)
        rows = list(untold.only("user_id").order_by("pk")[:BATCH])
        for row in rows:
            open_notification(kind=Kind.MODERATION_NOTICE, users=[row.user_id], subject=row.pk, using=OWNER)
        Sanction.objects.using(OWNER).filter(pk__in=[row.pk for row in rows]).update(told_at=now)
    return len(rows)


def _tell_reporters(now: datetime) -> int:
    """Uses index: report_untold."""
    with transaction.atomic(using=OWNER):
        untold = Report.objects.using(OWNER).select_for_update(skip_locked=True)
        untold = untold.filter(answered_at__isnull=False, reporter__isnull=False, told_at=None)
        rows = list(untold.only("reporter_id").order_by("pk")[:BATCH])
        for row in rows:
            assert row.reporter_id is not None
            open_notification(
                kind=Kind.MODERATION_NOTICE, users=[row.reporter_id], subject=row.pk, using=OWNER
            )
        Report.objects.using(OWNER).filter(pk__in=[row.pk for row in rows]).update(told_at=now)
    return len(rows)
