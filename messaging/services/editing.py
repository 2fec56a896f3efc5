"""Change the text of one's own message, for a quarter of an hour."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError
from msgspec import UNSET
from psycopg.types.json import Jsonb

from messaging.enums import MessageType
from messaging.models import Message
from messaging.queries.members import my_reading_participant
from messaging.queries.messages import as_messages, is_mine, message_at
from messaging.rules import check_message
from messaging.schemas import messages as shapes
from messaging.services.outcomes import broken_rule, refusal
from messaging.services.telling import publish_updated
from prayermap.lib.db import as_jsonb, call
from prayermap.lib.errors import Forbidden, NotFound, invalid


def edit_message(*, conversation_id: UUID, seq: int, body: shapes.EditMessage) -> shapes.Message:
    """Give one's own message another content or payload; what it said is kept for its author and moderators.

    Mentions and the quote stay. Raises NotFound, Forbidden (not one's own, too late), Blocked, Conflict (deleted,
    or edited a hundred times) and what its type asks: Invalid.
    """
    member = my_reading_participant(conversation_id)
    row = message_at(member, seq)
    if row.is_removed:
        raise NotFound
    if not is_mine(member, row):
        raise Forbidden("Only its author edits a message.")
    content, payload = _checked(row, body)
    try:
        (result,) = call(
            "edit_message", conversation_id, seq, content, payload, types="uuid bigint text jsonb"
        )
    except IntegrityError as error:  # told without the row, which holds the text
        raise broken_rule(error.__cause__) from error.with_traceback(None)
    if error_ := refusal(result.outcome):
        raise error_
    if result.new_rev is not None:
        publish_updated([result.id])
    (message,) = as_messages(member, [message_at(member, seq)])
    return message


def _checked(row: Message, body: shapes.EditMessage) -> tuple[str | None, Jsonb | None]:
    """The whole content and payload as they shall stand. Raises Invalid where the message's type forbids them."""
    if body.content is UNSET and body.payload is UNSET:
        raise invalid(content="Give a content or a payload.")
    content = row.content if body.content is UNSET else body.content
    payload: dict[str, Any] | None = row.payload if body.payload is UNSET else body.payload
    if row.type == MessageType.PRAYER_UPDATE and payload != row.payload:
        raise invalid(payload="What an update has said of its prayer stands; send another one.")
    if row.state == "live":
        check_message(
            shapes.SendMessage(
                type=row.type,  # type: ignore[arg-type]  # a constraint keeps it one of them
                content=content,
                attachment=row.attachment_id,
                payload=payload,
            )
        )
    return content, None if payload is None else as_jsonb(payload)
