"""Close one's own notifications."""

from __future__ import annotations

from uuid import UUID

from notifications.events import publish_settled
from notifications.models import Notification
from notifications.queries.inbox import inbox, unread_count
from notifications.rules.sources import by_source
from notifications.schemas.inbox import ReadAnswer
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.errors import NotFound


def read_notification(*, notification_id: UUID) -> ReadAnswer:
    """Close this one; once more it changes nothing. Raises NotFound."""
    row = inbox().filter(pk=notification_id).first()
    if row is None:
        raise NotFound
    return _close([row] if row.read_at is None else [], [notification_id], None)


def read_all(*, conversation_id: UUID | None) -> ReadAnswer:
    """Close all that are open, or those of one conversation. The messages stay unread."""
    rows = Notification.objects.filter(user_id=current_user_id(), read_at=None)
    if conversation_id is not None:
        rows = rows.filter(conversation_id=conversation_id)
    return _close(list(rows), None, conversation_id)


def _close(rows: list[Notification], ids: list[UUID] | None, conversation_id: UUID | None) -> ReadAnswer:
    for source, own in by_source(rows):
        source.open_again(own)
    closed = call("close_own_notifications", ids, conversation_id, types="uuid[] uuid") if rows else []
    found = [row.id for row in closed]
    if found:
        publish_settled([current_user_id()], ids=found)
    return ReadAnswer(ids=found, unread_count=unread_count())
