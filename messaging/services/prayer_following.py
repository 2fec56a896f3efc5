"""Conversations about a prayer follow it: its title while it stands, nothing of it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from messaging.events import publish_settings
from messaging.queries.conversations import conversation_objects
from messaging.queries.members import my_participants
from prayermap.lib.db import call

#: News of more conversations than this isn't told one by one; their members find it by `rev`.
_MOST_TOLD = 100


@contextmanager
def conversations_follow(prayer_id: UUID) -> Iterator[None]:
    """Locks them before the prayer, as a send does, and tells those inside afterwards. PostgreSQL changes them."""
    ids = [row[0] for row in call("lock_conversations_of_prayer", prayer_id, types="uuid")]
    before = dict(_revs(ids))
    yield
    changed = [id_ for id_, rev in _revs(ids) if rev != before.get(id_)][:_MOST_TOLD]
    for conversation in conversation_objects(list(my_participants().filter(conversation_id__in=changed))):
        publish_settings(conversation)


def _revs(ids: list[UUID]) -> list[tuple[UUID, int]]:
    if not ids:
        return []
    rows = my_participants().filter(conversation_id__in=ids)
    return list(rows.values_list("conversation_id", "conversation__rev"))
