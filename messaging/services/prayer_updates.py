"""What an update that answers a prayer sets going, besides the message itself."""

from __future__ import annotations

from uuid import UUID

from messaging.schemas.messages import Message, SendMessage
from notifications.events import publish_notified
from prayermap.lib.db import call
from prayers.events import publish_map


def is_answer(message: Message | SendMessage) -> bool:
    """Whether this message says that the prayer of its conversation is answered; PostgreSQL has then marked it."""
    return message.type == "prayer_update" and bool((message.payload or {}).get("is_answered"))


def tell_answered(conversation_id: UUID) -> None:
    """As the server itself, after the commit: connected devices of those who are notified of it, and open maps."""
    rows = call("people_told_of_answer", conversation_id, types="uuid")
    publish_map(prayers=[row.prayer for row in rows[:1]], with_lines=True)
    people = [row.person for row in rows if row.person is not None]
    if people:
        publish_notified(people, rows[0].prayer)
