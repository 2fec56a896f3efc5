"""Send a message: store, then tell."""

from __future__ import annotations

from functools import partial
from typing import Any, cast
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from msgspec import UNSET

from messaging.events import publish_message
from messaging.queries.attachments import as_attachment
from messaging.queries.members import my_participant
from messaging.queries.messages import as_messages, message_at
from messaging.rules import check_message
from messaging.schemas.messages import Message, Quote, RemovedMessage, SendMessage, SentMessage
from messaging.services.outcomes import broken_rule, refusal
from messaging.services.prayer_updates import is_answer, tell_answered
from messaging.services.typing import stop_typing_after_send
from notifications.events import publish_notified
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import as_jsonb, call
from prayermap.lib.digests import request_digests
from prayermap.lib.ids import uuid7


def send_message(*, conversation_id: UUID, body: SendMessage) -> SentMessage:
    """Store one message of the person who acts and tell the others; two statements.

    Raises Invalid, NotFound, Forbidden, Blocked, RequestPending, AnonymityImpossible, ClientIdReused or
    ClientIdInvalid. A repetition returns the message as it stands now, with `duplicate`.
    """
    check_message(body)
    author = current_user_id()
    request = send_request(author=author, conversation_id=conversation_id, body=body)
    try:
        (result,) = call("send_message", as_jsonb(request), types="jsonb")
    except IntegrityError as error:  # told without the row, which holds the text
        raise broken_rule(error.__cause__) from error.with_traceback(None)
    if error_ := refusal(result.outcome, result.retry_after_ms):
        raise error_
    if result.outcome == "duplicate":
        return stored_message(conversation_id=conversation_id, seq=result.seq)
    message = sent_message(conversation_id, body, result, author=author)
    tell_sent(message=message, result=result, author=author)
    return as_sent(message, duplicate=False)


def tell_sent(*, message: Message, result: Any, author: UUID) -> None:
    """Once it is committed: the message to everybody, notifications to whom one was opened, the end of typing."""
    publish_message(message, type_="message.new", author=author)
    if result.opened:
        publish_notified(result.opened, message.conversation)
    stop_typing_after_send(
        conversation_id=message.conversation,
        member=result.member,
        is_anonymous=result.is_anonymous,
        user_id=author,
    )
    if is_answer(message):
        transaction.on_commit(partial(tell_answered, message.conversation))


def send_request(*, author: UUID, conversation_id: UUID, body: SendMessage, ord_: int = 1) -> dict[str, Any]:
    """One element of the batch that `send_messages()` takes, for `as_jsonb()`."""
    fresh_id = uuid7()
    return {
        "ord": ord_,
        "author": author,
        "conversation": conversation_id,
        "client_id": body.client_id or fresh_id,
        "fresh_id": uuid7() if body.client_id is None else fresh_id,
        "type": body.type,
        "content": body.content,
        "payload": body.payload,
        "attachment": body.attachment,
        "fresh_attachment": uuid7() if body.attachment else None,
        "reply_to": body.reply_to,
        "mentions": body.mentions,
        "is_anonymous": body.is_anonymous,
        "digests": request_digests(author, conversation_id, body),
    }


def sent_message(conversation_id: UUID, body: SendMessage, result: Any, *, author: UUID) -> Message:
    """The message that a row of `send_result` stands for, as its author sees it."""
    quote = attachment = None
    if body.reply_to is not None:
        quote = Quote(body.reply_to, result.reply_name or "Someone", result.reply_preview)
    if result.attachment is not None:
        # Django's connections give jsonb as text, the writer's as what it means.
        media = msgspec.json.decode(result.media) if isinstance(result.media, str) else result.media
        attachment = as_attachment(
            result.attachment, media, has_thumbnail=media["has_thumbnail"], person=author
        )
    return Message(
        id=result.id,
        conversation=conversation_id,
        seq=result.seq,
        rev=result.rev,
        sender=result.member,
        sender_name=result.member_name,
        is_mine=True,
        is_anonymous=result.is_anonymous,
        type=body.type,
        content=body.content,
        attachment=attachment,
        payload=body.payload,
        reply_to=quote,
        mentions=body.mentions,
        reactions=[],
        is_edited=False,
        edited_at=None,
        state="live",
        is_starred=False,
        is_pinned=False,
        created_at=result.created_at,
        expires_at=result.expires_at or UNSET,
    )


def stored_message(*, conversation_id: UUID, seq: int) -> SentMessage:
    """What a repeated send is answered with: the message's present state, without the text that one has removed."""
    member = my_participant(conversation_id)
    (message,) = as_messages(member, [message_at(member, seq)])
    if isinstance(message, RemovedMessage):
        return cast("SentMessage", RemovedMessage(seq, duplicate=True))
    return as_sent(message, duplicate=True)


def as_sent(message: Message, *, duplicate: bool) -> SentMessage:
    return SentMessage(**msgspec.structs.asdict(message), duplicate=duplicate)
