"""Who is typing: in Valkey, with an expiry, never in a table."""

from __future__ import annotations

import logging
import time
from typing import cast
from uuid import UUID

import redis

from messaging.events import TYPING, TypingEvent
from messaging.models import Participant
from messaging.queries.members import authors, my_active_participant, my_reading_participant
from messaging.schemas.messages import TypingList, TypingMember
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.errors import Unavailable
from prayermap.lib.ids import datetime_of_ms
from prayermap.lib.news import publish_on_commit
from prayermap.lib.valkey import client

logger = logging.getLogger(__name__)
TYPING_MS = 10_000
#: Of larger groups nobody is told who types: it would be most of what they are told.
TYPING_UP_TO = 50


def typing_key(conversation_id: UUID | str) -> str:
    """A sorted set: member ids by the Unix millisecond at which they stop."""
    return f"typing:{conversation_id}"


def set_typing(*, conversation_id: UUID, is_typing: bool) -> None:
    """Start (for 10 s) or stop typing. An anonymous member's typing, and that in groups above 50, is shown to nobody.

    Raises NotFound, Forbidden, Unavailable.
    """
    member = my_active_participant(conversation_id)
    if member.is_anonymous or member.conversation.active_count > TYPING_UP_TO:
        return
    try:
        until = _store(member, is_typing=is_typing)
    except redis.RedisError:
        raise Unavailable from None
    if until is not None:
        _publish(member, until)


def stop_typing_after_send(
    *, conversation_id: UUID, member: UUID | None, is_anonymous: bool, user_id: UUID
) -> None:
    """A named send ends its author's typing; an anonymous one changes nothing that others see."""
    if member is None or is_anonymous:
        return
    try:
        stopped = client().zrem(typing_key(conversation_id), str(member))
    except redis.RedisError:
        return  # it ends by itself
    if stopped:
        event = TypingEvent(str(conversation_id), str(member), "", str(user_id), 0)
        publish_on_commit(TYPING, event)


def typing_list(*, conversation_id: UUID) -> TypingList:
    """Others who are typing now. Raises NotFound, Unavailable."""
    if my_reading_participant(conversation_id).conversation.active_count > TYPING_UP_TO:
        return TypingList([])
    now = int(time.time() * 1000)
    try:
        found = client().zrangebyscore(typing_key(conversation_id), now, "+inf", withscores=True)
    except redis.RedisError:
        raise Unavailable from None
    until = {UUID(raw.decode()): int(score) for raw, score in cast("list[tuple[bytes, float]]", found)}
    if not until:
        return TypingList([])
    rows = call("typing_members", conversation_id, list(until), types="uuid uuid[]")
    return TypingList([TypingMember(row.id, row.name, datetime_of_ms(until[row.id])) for row in rows])


def _store(member: Participant, *, is_typing: bool) -> int | None:
    """Returns the new end, 0 for stopped, None where nothing changed."""
    key = typing_key(member.conversation_id)
    now = int(time.time() * 1000)
    pipe = client().pipeline(transaction=False)
    pipe.zremrangebyscore(key, 0, now)
    if not is_typing:
        pipe.zrem(key, str(member.id))
        return 0 if pipe.execute()[1] else None
    pipe.zadd(key, {str(member.id): now + TYPING_MS})
    pipe.pexpire(key, TYPING_MS)
    pipe.execute()
    return now + TYPING_MS


def _publish(member: Participant, until: int) -> None:
    name = authors([member.id])[member.id].name
    event = TypingEvent(str(member.conversation_id), str(member.id), name, str(current_user_id()), until)
    publish_on_commit(TYPING, event)
