"""What was written to disappear does so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from messaging.services.attachments import release_attachments
from messaging.services.notices import settle_notifications
from messaging.services.outcomes import refusal
from messaging.services.telling import publish_updated
from prayermap.lib.acting import acting_as_writer
from prayermap.lib.db import call

#: Each message is told to everybody in its conversation: a batch is a burst of frames.
BATCH = 200


def set_disappearing(*, conversation_id: UUID, seconds: int | None) -> bool:
    """Let what is written from now on disappear after so many seconds; None: stay. Whether that changed anything.

    Raises NotFound, Forbidden, Blocked, Conflict.
    """
    (result,) = call("set_disappearing", conversation_id, seconds, types="uuid int")
    if error := refusal(result.outcome):
        raise error
    return result.new_rev is not None


def expire_messages(*, now: datetime) -> int:
    """Up to 200 messages whose time is over become tombstones, as if their authors had deleted them for all.

    Returns how many did. A transaction of its own, for the worker.
    """
    with acting_as_writer():
        over = call("expire_messages", now, BATCH, types="timestamptz int")
        if over:
            ids = [row.id for row in over]
            release_attachments(messages=ids)
            publish_updated(ids)
            settle_notifications({row.conversation for row in over})
    return len(over)
