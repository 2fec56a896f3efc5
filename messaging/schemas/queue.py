"""The outbox as clients fill and see it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from prayermap.lib.http.reading import WithMessageId

from .messages import SendMessage, Seq, TypeName

QueueStateName = Literal["pending", "sending", "sent", "failed"]
#: Open ones of a person, and so the most in one request.
MOST_QUEUED = 500


class QueueItem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A message as in a POST of messages, with its conversation; `client_id` must be given.

    `scheduled_at` is at most a year after the time of `client_id`; one that has passed means at once.
    """

    conversation: UUID
    client_id: UUID
    type: TypeName
    content: Annotated[str, Meta(max_length=10_000)] | None = None
    attachment: UUID | None = None
    payload: dict[str, Any] | None = None
    reply_to: Seq | None = None
    mentions: Annotated[list[UUID], Meta(max_length=100)] = []
    is_anonymous: bool = False
    scheduled_at: Annotated[datetime, Meta(tz=True)] | None = None

    def body(self) -> SendMessage:
        """The REST body that says the same, so that a replay may come by any way."""
        return SendMessage(
            self.type,
            self.client_id,
            self.content,
            self.attachment,
            self.payload,
            self.reply_to,
            self.mentions,
            self.is_anonymous,
        )


class QueueMessages(WithMessageId, forbid_unknown_fields=True):
    """What a device wrote while it was offline, in its order, or what has its time."""

    device_id: Annotated[str, Meta(min_length=1, max_length=64)]
    items: Annotated[list[QueueItem], Meta(min_length=1, max_length=MOST_QUEUED)]


class QueuedItem(msgspec.Struct, kw_only=True):
    """One message of the outbox. What it says is null once it is sent: `seq` leads to the message.

    `error_code` is why the last try failed; `next_attempt_at` when it is tried (again), null for sent and failed.
    """

    id: UUID
    device_id: str
    conversation: UUID
    client_id: UUID
    state: QueueStateName
    seq: int | None
    retry_count: int
    error_code: str | None
    next_attempt_at: datetime | None
    scheduled_at: datetime | None
    created_at: datetime
    type: TypeName | None
    content: str | None
    attachment: UUID | None
    payload: dict[str, Any] | None
    reply_to: int | None
    mentions: list[UUID]
    is_anonymous: bool


class QueueAnswer(msgspec.Struct):
    """Each item as it stands now, in the order of the request; `duplicate`: every one of them was known before."""

    items: list[QueuedItem]
    duplicate: bool


class QueuePage(msgspec.Struct):
    """One's outbox, oldest first."""

    results: list[QueuedItem]
    next: str | None
    previous: str | None
