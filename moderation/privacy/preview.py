"""What an erasure will do, counted by table."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db import transaction

from moderation.models import ErasureRequest
from moderation.privacy.registry import TRACES
from moderation.privacy.subject import OWNER, Subject, whole


def left_of(subject: Subject) -> dict[str, int]:
    """Rows that still hold something to erase, by table; tables without any are left out."""
    found: Counter[str] = Counter()
    for trace in TRACES:
        found[trace.table] += trace.left(subject).count()
    return {table: rows for table, rows in sorted(found.items()) if rows}


def count(request_id: UUID) -> None:
    """Store the preview with the request."""
    user_id = ErasureRequest.objects.using(OWNER).values_list("user_id", flat=True).get(pk=request_id)
    preview = left_of(whole(user_id))
    with transaction.atomic(using=OWNER):
        ErasureRequest.objects.using(OWNER).filter(pk=request_id).update(preview=preview)
