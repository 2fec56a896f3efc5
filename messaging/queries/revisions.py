"""What a message said before it was edited, for its author."""

from __future__ import annotations

from messaging.models import Participant
from messaging.queries.messages import is_mine, message_at
from messaging.schemas.messages import Revision
from prayermap.lib.db import call, from_json
from prayermap.lib.errors import NotFound


def revisions(member: Participant, seq: int) -> list[Revision]:
    """Oldest first, without what it says now. Raises NotFound where the message isn't one's own."""
    row = message_at(member, seq)
    if row.is_removed or not is_mine(member, row):
        raise NotFound
    return [
        Revision(found.content, from_json(found.payload), found.written_at)
        for found in call("own_revisions", row.id, types="uuid")
    ]
