"""Take a message back: for all, or out of one's own sight."""

from __future__ import annotations

from uuid import UUID

from messaging.events import publish_to_person
from messaging.queries.members import my_reading_participant
from messaging.queries.messages import as_messages, message_at
from messaging.schemas.frames import PersonalNews
from messaging.schemas.messages import Message, RemovedMessage
from messaging.services.attachments import release_attachments
from messaging.services.outcomes import refusal
from messaging.services.telling import publish_updated
from notifications.events import publish_settled
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call


def delete_for_all(*, conversation_id: UUID, seq: int) -> Message:
    """Leave a tombstone of one's own message: no text, file, mention, reaction, star or earlier text of it stays.

    At any time, also where one of two has blocked the other. Again: the tombstone. Raises NotFound, Forbidden.
    """
    member = my_reading_participant(conversation_id)
    (result,) = call("delete_message", conversation_id, seq, types="uuid bigint")
    if error := refusal(result.outcome):
        raise error
    if result.new_rev is not None:
        release_attachments(messages=[result.id])
        publish_updated([result.id])
    (message,) = as_messages(member, [message_at(member, seq)])
    return message


def delete_for_me(*, conversation_id: UUID, seq: int) -> RemovedMessage:
    """Never see this message again; others see no change. Raises NotFound."""
    my_reading_participant(conversation_id)
    (result,) = call("remove_message", conversation_id, seq, types="uuid bigint")
    if error := refusal(result.outcome):
        raise error
    if result.new_me_rev is not None:
        news = PersonalNews(conversation_id, seq, result.new_me_rev, state="removed")
        publish_to_person(current_user_id(), "message.personal", news)
    if result.closed:
        publish_settled([current_user_id()], conversation_id, result.closed)
    return RemovedMessage(seq)
