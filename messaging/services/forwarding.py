"""Send what one has read on to other conversations."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError

from accounts.services.client_keys import earlier_result, remember
from messaging.models import Message as Row
from messaging.queries.members import my_reading_participant
from messaging.queries.messages import as_messages, message_at
from messaging.schemas import messages as shapes
from messaging.services.outcomes import broken_rule, refusal
from messaging.services.sending import as_sent, send_request, sent_message, stored_message, tell_sent
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import as_jsonb, call, call_scalar
from prayermap.lib.digests import request_digests
from prayermap.lib.errors import Conflict, NotFound, invalid
from prayermap.lib.ids import uuid7

#: Forwarded this often, a message goes to one conversation at a time.
OFTEN = 4


class ForwardedTo(msgspec.Struct):
    """What a repeated forward is compared by."""

    message: UUID


def forward_message(*, conversation_id: UUID, seq: int, body: shapes.Forward) -> shapes.Forwarded:
    """Send the message to each of these conversations, or to none: a send each, which names no origin.

    Raises NotFound, Conflict (it is deleted), Invalid (too many at a time), ClientIdReused, and what a send raises,
    with the `place` in `to` of the conversation that refused.
    """
    if len(set(body.to)) != len(body.to):
        raise invalid(to="Each conversation once.")
    member = my_reading_participant(conversation_id)
    row = message_at(member, seq)
    if earlier := earlier_result(body.client_id, row.id, body):
        return _forwarded_before(earlier, body.to)
    (message,) = as_messages(member, [row])
    if isinstance(message, shapes.RemovedMessage):
        raise NotFound
    if message.state != "live":
        raise Conflict("The message is no longer there.")
    if row.hops >= OFTEN and len(body.to) > 1:
        raise invalid(to="It was forwarded so often that it goes to one conversation at a time.")
    base = uuid7()
    sent = _send(row, message, base, body.to)
    remember(body.client_id, row.id, body, base)
    return shapes.Forwarded(results=sent, duplicate=False)


def _send(row: Row, message: shapes.Message, base: UUID, to: list[UUID]) -> list[shapes.SentMessage]:
    author = current_user_id()
    attachment = _borrowed(row)
    bodies = {
        target: shapes.SendMessage(
            type=message.type,
            client_id=_derived(base, target),
            content=message.content,
            attachment=attachment,
            payload=message.payload,
        )
        for target in to
    }
    requests = [
        send_request(author=author, conversation_id=target, body=each)
        | {"hops": row.hops + 1, "digests": request_digests(author, target, ForwardedTo(row.id))}
        for target, each in bodies.items()
    ]
    try:
        results = call("send_forwards", as_jsonb(requests), types="jsonb")
    except IntegrityError as error:  # told without the row, which holds the text
        raise broken_rule(error.__cause__) from error.with_traceback(None)
    by_ord: dict[int, Any] = {result.ord: result for result in results}
    return [
        _told(target, each, by_ord[place], author)
        for place, (target, each) in enumerate(bodies.items(), start=1)
    ]


def _told(target: UUID, body: shapes.SendMessage, result: Any, author: UUID) -> shapes.SentMessage:
    """Raises what this conversation refuses with, which undoes the sends to the others."""
    if error := refusal(result.outcome, result.retry_after_ms):
        error.extra["place"] = result.ord - 1
        raise error
    message = sent_message(target, body, result, author=author)
    tell_sent(message=message, result=result, author=author)
    return as_sent(message, duplicate=False)


def _borrowed(row: Row) -> UUID | None:
    """An upload of one's own on the message's file."""
    if row.attachment_id is None:
        return None
    fresh = uuid7()
    if not call_scalar("borrow_attachment", row.id, fresh, types="uuid uuid"):
        raise Conflict("The file is no longer there.")
    return fresh


def _forwarded_before(base: UUID, to: list[UUID]) -> shapes.Forwarded:
    """The same messages as they stand now."""
    ids = [_derived(base, target) for target in to]
    places = {row.client_id: row for row in call("own_sent", ids, types="uuid[]")}
    found = [places[id_] for id_ in ids if id_ in places]
    results = [stored_message(conversation_id=row.conversation, seq=row.seq) for row in found]
    return shapes.Forwarded(results=results, duplicate=True)


def _derived(base: UUID, target: UUID) -> UUID:
    """The client_id of the send to one conversation: a UUIDv7 of the same moment, the same each time."""
    bits = int.from_bytes(blake2b(base.bytes + target.bytes, digest_size=10).digest())
    high, low = bits >> 62 & 0xFFF, bits & (1 << 62) - 1
    return UUID(int=(base.int >> 80) << 80 | 7 << 76 | high << 64 | 2 << 62 | low)
