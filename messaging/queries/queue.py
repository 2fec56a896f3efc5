"""One's own outbox."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from messaging.models import QueuedMessage
from messaging.schemas.messages import SendMessage
from messaging.schemas.queue import QueuedItem
from prayermap.lib.acting import current_user_id


def own_queue() -> QuerySet[QueuedMessage]:
    """What the person who acts has queued. The member's role may not read the columns that are left out."""
    return QueuedMessage.objects.filter(user_id=current_user_id()).defer("digest", "lease")


def queued_items(ids: Sequence[UUID]) -> list[QueuedItem]:
    """These of one's own, in this order; one statement."""
    rows = {row.pk: row for row in own_queue().filter(pk__in=set(ids))}
    return [as_item(rows[id_]) for id_ in ids]


def as_item(row: QueuedMessage) -> QueuedItem:
    body = msgspec.convert(row.request, SendMessage) if row.request is not None else None
    return QueuedItem(
        id=row.pk,
        device_id=row.device_id,
        conversation=row.conversation_id,
        client_id=row.client_id,
        state=row.state,  # type: ignore[arg-type]  # a constraint keeps it one of them
        seq=row.seq,
        retry_count=row.retry_count,
        error_code=row.error_code or None,
        next_attempt_at=row.next_attempt_at,
        scheduled_at=row.scheduled_at,
        created_at=row.created_at,
        type=body.type if body else None,
        content=body.content if body else None,
        attachment=body.attachment if body else None,
        payload=body.payload if body else None,
        reply_to=body.reply_to if body else None,
        mentions=body.mentions if body else [],
        is_anonymous=body.is_anonymous if body else False,
    )
