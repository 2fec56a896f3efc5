"""A page of history on the event loop: one round trip, a second one where there are quotes, files, reactions or
anonymous messages. What is shown of each row decides `queries/messages.py`, as for every other reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from messaging.queries.attachments import as_attachments
from messaging.queries.messages import Beside, as_reactions, shown_messages, young_floor
from messaging.schemas import messages as shapes
from prayermap.lib.pipelines import Call, Pipelines, acting, acting_in_session, calling


class Reader(NamedTuple):
    """Who reads, on the strength of which session."""

    person: UUID
    session: UUID


class HistoryPage(NamedTuple):
    """Messages, and the bounds of what their reader may page through."""

    messages: list[shapes.Message]
    visible_from_seq: int
    latest_seq: int


async def history_page(
    pipelines: Pipelines,
    reader: Reader,
    conversation: UUID,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int,
) -> HistoryPage | None:
    """Newest first, with `after` oldest first.

    None for an empty page and for one that the reader may not have: Django's way says which. Raises psycopg.Error
    where the session is not live, as where PostgreSQL is away.
    """
    young = young_floor()
    asked = (conversation, before, after, limit, young)
    _, rows = await pipelines.run(
        acting_in_session(reader.session, reader.person),
        calling("history_page", *asked, types="uuid bigint bigint int uuid"),
    )
    if not rows or len(rows) != rows[0].length:  # a gap that nobody should find
        return None
    rows.sort(key=lambda row: row.seq, reverse=after is None)
    beside = await read_beside(pipelines, reader.person, rows, young)
    return HistoryPage(shown_messages(rows, beside), rows[0].visible_from_seq, rows[0].latest_seq)


async def read_beside(pipelines: Pipelines, person: UUID, rows: Sequence[Any], young: UUID) -> Beside:
    """What these rows of one conversation are shown with; no round trip where they carry it all themselves."""
    wanted = _wanted(rows, young)
    found: dict[str, list[Any]] = {}
    if wanted:
        _, *answers = await pipelines.run(acting(person), *wanted.values())
        found = dict(zip(wanted, answers, strict=True))
    quotes = found.get("quotes", ())
    return Beside(
        own=(rows[0].own_id,),
        names={
            row.sender_id: Author(row.sender_name, row.is_hidden)
            for row in chain(rows, quotes)
            if row.sender_name
        },
        quoted={(row.conversation_id, row.seq): row for row in quotes},
        own_anonymous={row[0] for row in found.get("own_anonymous", ())},
        attachments=as_attachments(found.get("attachments", ()), person),
        reactions=as_reactions(found.get("reactions", ())),
    )


class Author(NamedTuple):
    """As `members.authors` gives them."""

    name: str
    is_hidden: bool


def _wanted(rows: Sequence[Any], young: UUID) -> dict[str, Call]:
    """The calls that this page needs besides."""
    calls: dict[str, Call] = {}
    if quoted := list({row.reply_to_seq for row in rows if row.reply_to_seq is not None}):
        first = rows[0]
        asked = (first.conversation_id, first.own_id, first.visible_from_seq, quoted, young)
        calls["quotes"] = calling("history_quotes", *asked, types="uuid uuid bigint bigint[] uuid")
    if sealed := [row.id for row in rows if row.sender_id is None]:
        calls["own_anonymous"] = calling("own_anonymous", sealed, types="uuid[]")
    if files := [row.attachment_id for row in rows if row.attachment_id]:
        calls["attachments"] = calling("visible_attachments", files, types="uuid[]")
    if reacted := [row.id for row in rows if row.has_reactions]:
        calls["reactions"] = calling("reactions_of", reacted, types="uuid[]")
    return calls
