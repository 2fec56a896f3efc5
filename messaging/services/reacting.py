"""Put something on a message: a reaction, a pin that everybody sees, a star of one's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from messaging.events import publish_to_person
from messaging.queries.members import my_reading_participant
from messaging.queries.messages import as_messages, message_at
from messaging.rules import check_emoji
from messaging.schemas.frames import PersonalNews
from messaging.schemas.messages import Message
from messaging.services.outcomes import refusal
from messaging.services.telling import publish_updated
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call


def set_reaction(*, conversation_id: UUID, seq: int, emoji: str, is_on: bool) -> Message:
    """Put one emoji on a message, or take one's own back. Others learn that it is there, never whose it is.

    Raises Invalid (no fully-qualified emoji), NotFound, Forbidden, Blocked, Conflict (deleted; 5 of one's own, or 20
    kinds, are there).
    """
    check_emoji(emoji)
    return _change("set_reaction", conversation_id, seq, emoji, is_on, types="uuid bigint text bool")


def pin_message(*, conversation_id: UUID, seq: int, is_on: bool) -> Message:
    """Pin a message for everybody: any of two, an admin of a group.

    Raises NotFound, Forbidden, Blocked, Conflict (deleted; 50 pins are there).
    """
    return _change("pin_message", conversation_id, seq, is_on, types="uuid bigint bool")


def star_message(*, conversation_id: UUID, seq: int, is_on: bool) -> Message:
    """A mark for oneself, which others don't see. Raises NotFound, Conflict (deleted)."""
    member = my_reading_participant(conversation_id)
    (result,) = call("star_message", conversation_id, seq, is_on, types="uuid bigint bool")
    if error := refusal(result.outcome):
        raise error
    if result.new_me_rev is not None:
        news = PersonalNews(conversation_id, seq, result.new_me_rev, is_starred=is_on)
        publish_to_person(current_user_id(), "message.personal", news)
    (message,) = as_messages(member, [message_at(member, seq)])
    return message


def _change(function: str, conversation_id: UUID, seq: int, *args: Any, types: str) -> Message:
    """A change that takes a rev where it changes something; the message afterwards."""
    member = my_reading_participant(conversation_id)
    (result,) = call(function, conversation_id, seq, *args, types=types)
    if error := refusal(result.outcome):
        raise error
    if result.new_rev is not None:
        publish_updated([result.id])
    (message,) = as_messages(member, [message_at(member, seq)])
    return message
