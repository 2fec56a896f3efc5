"""Take one's name off a message that was sent."""

from __future__ import annotations

from uuid import UUID

from messaging.queries.members import my_reading_participant
from messaging.queries.messages import as_messages, message_at
from messaging.schemas.messages import Message
from messaging.services.outcomes import refusal
from messaging.services.telling import publish_updated
from prayermap.lib.db import call


def anonymise_message(*, conversation_id: UUID, seq: int) -> Message:
    """From now on one's own message shows no author, as if it had been sent anonymously; there is no way back.

    Whoever has read whose it is knows it; every device is told, and nothing that the server shows afterwards says it.
    Again: the message as it is. Raises NotFound, Forbidden (not one's own), Conflict (deleted), AnonymityImpossible
    (fewer than three active members; a prayer update).
    """
    member = my_reading_participant(conversation_id)
    (result,) = call("anonymise_message", conversation_id, seq, types="uuid bigint")
    if error := refusal(result.outcome):
        raise error
    if result.new_rev is not None:
        publish_updated([result.id])
    (message,) = as_messages(member, [message_at(member, seq)])
    return message
