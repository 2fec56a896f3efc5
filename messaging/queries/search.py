"""Search in the messages that the person who acts can see."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from messaging.fragments import fragments
from messaging.models import Message
from messaging.queries.members import my_participants, my_reading_participant
from messaging.queries.messages import as_messages_of, as_seen_by
from messaging.schemas.messages import FoundMessage
from prayermap.lib.db import call
from prayermap.lib.errors import invalid
from prayermap.lib.words import parts

#: After so long no further month is asked; the statement itself is ended a while later, and the answer is `unavailable`.
SECONDS, TIME_OUT = 1.5, "4s"


class Search(NamedTuple):
    """What is looked for, and where. `since` inclusive, `before` exclusive."""

    q: str
    conversation: UUID | None = None
    kind: str | None = None
    since: datetime | None = None
    before: datetime | None = None


class Place(NamedTuple):
    """Where a page has ended."""

    rank: int
    id: UUID


def found_messages(
    wanted: Search, after: Place | None, limit: int
) -> tuple[list[FoundMessage], Place | None]:
    """A page, best first, and where the next one begins; at most eight statements. Raises NotFound, Invalid."""
    query = parts(wanted.q)
    if not query:
        raise invalid(q="There is no word in it.")
    if wanted.conversation is not None:
        my_reading_participant(wanted.conversation)
    hits = _hits(wanted, after, limit + 1)
    page = hits[:limit]
    shown = {message.id: message for message in _messages([hit.id for hit in page])}
    results = [
        FoundMessage(**msgspec.structs.asdict(message), fragments=fragments(message.content or "", query))
        for hit in page
        if (message := shown.get(hit.id)) is not None
    ]
    more = len(hits) > limit
    return results, Place(page[-1].rank, page[-1].id) if more else None


def _hits(wanted: Search, after: Place | None, most: int) -> list[Any]:
    """Rows of (id, rank)."""
    call("set_config", "statement_timeout", TIME_OUT, True, types="text text bool")  # noqa: FBT003
    return call(
        "search_messages",
        *wanted,
        *(after or (None, None)),
        most,
        SECONDS,
        types="text uuid text timestamptz timestamptz int uuid int float8",
    )


def _messages(ids: list[UUID]) -> list[Any]:
    """As in a history, whatever conversation they are of; what was deleted since it was found is left out."""
    if not ids:
        return []
    found = Message.objects.filter(pk__in=ids)
    mine = my_participants().filter(conversation_id__in=found.values("conversation_id"))
    members = {member.conversation_id: member for member in mine}
    rows = as_seen_by(members.values(), found)
    seen = as_messages_of(members, [row for row in rows if row.conversation_id in members])
    return [message for message in seen if message.state == "live"]
