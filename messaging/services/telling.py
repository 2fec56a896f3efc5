"""Tell everybody in a conversation what became of a message."""

from __future__ import annotations

from uuid import UUID

from messaging.events import ROOM, message_event
from messaging.queries.telling import told_messages
from messaging.services.notices import settle_notifications
from prayermap.lib.news import publish_on_commit


def publish_updated(ids: list[UUID]) -> None:
    """`message.updated` with the whole new state, after the commit; in the transaction that changed them.

    It is read under the conversation's lock, so each event carries the `rev` that its change took. What told of
    messages that are gone is taken back.
    """
    gone: set[UUID] = set()
    for told in told_messages(ids):
        event = message_event(
            told.message,
            type_="message.updated",
            author=told.author,
            without=told.removed_by,
            quoted_sender=told.quoted_sender,
        )
        publish_on_commit(ROOM, event)
        if told.message.state != "live":
            gone.add(told.message.conversation)
    if gone:
        settle_notifications(gone)
