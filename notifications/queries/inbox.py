"""The inbox of the person who acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.models import Notification, NotificationPreference
from notifications.rules.sources import Preview, previews
from notifications.schemas import inbox as shapes
from prayermap.lib.acting import current_user_id

MOST_COUNTED = 999
#: What is told at once; the inbox has the rest.
MOST_TOLD = 100


class News(NamedTuple):
    """What has become of some notifications."""

    opened: list[shapes.Notification]
    closed: list[UUID]
    unread_count: int


def inbox() -> QuerySet[Notification]:
    """One's own notifications, but for kinds that one doesn't want in the inbox."""
    me = current_user_id()
    unwanted = NotificationPreference.objects.filter(user_id=me, kind=OuterRef("kind"), in_app=False)
    return Notification.objects.filter(~Exists(unwanted), user_id=me)


def unread_count() -> int:
    """Exact up to 999. Uses index: notification_unread"""
    return inbox().filter(read_at=None).order_by()[:MOST_COUNTED].count()


def as_notifications(rows: Sequence[Notification]) -> list[shapes.Notification]:
    """Rows as clients see them; what they are about is asked once for each app that knows."""
    known = previews(rows)
    return [_as_notification(row, known.get(row.pk)) for row in rows]


def news_about(opened: Iterable[str], settled: Iterable[str], since: datetime) -> News:
    """What was opened about these subjects, or closed about those that are `settled`, since then; newest first."""
    changed = Q(read_at=None, updated_at__gt=since) | Q(read_at__gt=since, subject__in=list(settled))
    about = inbox().filter(changed, subject__in=[*opened, *settled])
    rows = list(about.order_by("-updated_at")[:MOST_TOLD])
    return News(
        opened=as_notifications([row for row in rows if row.read_at is None]),
        closed=[row.pk for row in rows if row.read_at is not None],
        unread_count=unread_count(),
    )


def _as_notification(row: Notification, known: Preview | None) -> shapes.Notification:
    is_open = row.read_at is None
    count, seq = row.count, row.first_seq
    if known is not None and is_open:
        count = row.count if known.times is None else known.times
        seq = known.seq or row.first_seq
    return shapes.Notification(
        id=row.pk,
        kind=row.kind,  # type: ignore[arg-type]  # a constraint keeps it one of them
        subject=row.subject,
        conversation=row.conversation_id,
        prayer=row.prayer_id,
        seq=seq,
        count=count,
        title=known.title if known else None,
        sender_name=known.sender_name if known and is_open else None,
        preview=known.preview if known and is_open else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        read_at=row.read_at,
    )
