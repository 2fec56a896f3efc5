"""Messages as nobody in particular sees them: what is told to everybody in a conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import UNSET

from messaging.enums import MessageState
from messaging.queries.attachments import as_attachment
from messaging.rules import shown_state
from messaging.schemas.messages import Attachment, Message, Quote, Reaction
from prayermap.lib.acting import in_writers_role
from prayermap.lib.db import call, from_json
from prayermap.lib.times import utc_now


class Told(NamedTuple):
    """A message, and what only the hubs know of it: whose it is, from whom it is gone, whom it quotes."""

    message: Message
    author: UUID | None
    removed_by: list[UUID]
    quoted_sender: UUID | None


def told_messages(ids: list[UUID]) -> list[Told]:
    """These messages in the order of their `rev`; three statements, two of them changing the role."""
    with in_writers_role():
        rows = call("told_messages", ids, types="uuid[]")
    return sorted((_told(row, utc_now()) for row in rows), key=lambda told: told.message.rev)


def missed_messages(conversation_id: UUID, after_rev: int, up_to_rev: int, most: int) -> list[Told]:
    """Messages whose newest change lies above `after_rev` and up to `up_to_rev`, in that order."""
    with in_writers_role():
        rows = call(
            "missed_messages", conversation_id, after_rev, up_to_rev, most, types="uuid bigint bigint int"
        )
    return [_told(row, utc_now()) for row in rows]


def _told(row: Any, now: datetime) -> Told:
    state = shown_state(row.state, row.expires_at, now)
    is_live = state == MessageState.LIVE
    quote = Quote(row.reply_to, row.reply_name, row.reply_preview) if row.reply_name is not None else None
    message = Message(
        id=row.id,
        conversation=row.conversation,
        seq=row.seq,
        rev=row.rev,
        sender=row.sender,
        sender_name=row.sender_name,
        is_mine=False,
        is_anonymous=row.is_anonymous,
        type=row.type,
        content=row.content if is_live else None,
        attachment=_attachment(row) if is_live and row.media is not None else None,
        payload=from_json(row.payload) if is_live else None,
        reply_to=quote if is_live else None,
        mentions=row.mentions if is_live else [],
        reactions=[Reaction(emoji, count) for emoji, count in from_json(row.reactions) or []]
        if is_live
        else [],
        is_edited=row.edited_at is not None,
        edited_at=row.edited_at,
        state=state,  # type: ignore[arg-type]  # a constraint keeps it one of them
        is_pinned=row.pinned_at is not None,
        created_at=row.created_at,
        expires_at=row.expires_at if is_live and row.expires_at else UNSET,
    )
    return Told(message, row.author, row.removed_by, row.reply_sender)


def _attachment(row: Any) -> Attachment:
    facts = from_json(row.media)
    return as_attachment(row.attachment, facts, has_thumbnail=facts["has_thumbnail"], person=None)
