"""The inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

KindName = Literal[
    "message_received",
    "message_delivered",
    "message_read",
    "mention",
    "conversation_invite",
    "message_request",
    "prayer_response",
    "prayer_conversation_started",
    "prayer_answered",
    "moderation_notice",
]


class Notification(msgspec.Struct):
    """One thing to know of: `count` times something of this `kind` happened about `subject`.

    `title`, `sender_name` and `preview` are what you may see of it now: null once it is gone or no longer yours.
    `seq` is the first message of it. `updated_at`: the newest time it was opened; `read_at` null: unread.
    """

    id: UUID
    kind: KindName
    subject: UUID
    conversation: UUID | None
    prayer: UUID | None
    seq: int | None
    count: int
    title: str | None
    sender_name: str | None
    preview: str | None
    created_at: datetime
    updated_at: datetime
    read_at: datetime | None


class NotificationPage(msgspec.Struct):
    """One page of notifications, newest first."""

    results: list[Notification]
    next: str | None
    previous: str | None


class UnreadCount(msgspec.Struct):
    """Unread notifications; exact up to 999."""

    unread_count: int


class ReadAnswer(msgspec.Struct):
    """Notifications that were closed by this, and how many are still unread."""

    ids: list[UUID]
    unread_count: int


class ReadAll(msgspec.Struct, forbid_unknown_fields=True):
    """Close all, or those of one conversation."""

    conversation: UUID | None = None


class NotificationNews(msgspec.Struct):
    """`notification.new`: opened, or opened anew."""

    notification: Notification
    unread_count: int


class NotificationsRead(ReadAnswer):
    """`notification.read`: read on some device, or taken back."""
