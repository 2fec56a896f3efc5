"""What somebody who comes back asks for, on the event loop: arrival, `sync` and `changes` in one or two round trips each.

For sockets, and for REST where it goes the short way. `queries/catchup.py` says the same for what goes through Django, a
statement after the other; tests compare the two.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from messaging.enums import State
from messaging.queries.catchup import RECEIPTS_UP_TO, SYNC_PAGE, cursor_of, is_news, last_rev
from messaging.queries.history import read_beside
from messaging.queries.members import as_member
from messaging.queries.messages import shown_messages, young_floor
from messaging.schemas.catchup import Changed, Changes, Receipt, Sync, SyncResult
from prayermap.lib.errors import NotFound
from prayermap.lib.pipelines import Call, Pipelines, acting, acting_in_session, calling

_MEMBERSHIPS = "uuid uuid[] int"


def memberships(after: UUID | None = None, among: list[UUID] | None = None, most: int = 2**31 - 1) -> Call:
    """One's own row in each of one's conversations, with what is asked of these, by id."""
    return calling("my_memberships", after, among, most, types=_MEMBERSHIPS)


async def sync(
    pipelines: Pipelines, person: UUID, request: Sync, now: datetime, *, session: UUID | None = None
) -> SyncResult:
    """Conversations whose `rev` differs from what the client holds. Raises Invalid for a strange cursor.

    With a `session`, which a socket showed when it was opened: psycopg.Error where that is not live.
    """
    _, rows, [counters] = await pipelines.run(
        _acting(person, session),
        memberships(cursor_of(request), None, SYNC_PAGE + 1),
        calling("my_counters"),
    )
    more, rows = len(rows) > SYNC_PAGE, rows[:SYNC_PAGE]
    changed = [row for row in rows if is_news(request, row.conversation, row.me_rev, row.rev)]
    asked = [] if request.cursor is not None else list(request.positions)
    counts, mine = await _beside_sync(
        pipelines, person, [row.conversation for row in changed], asked if more else []
    )
    mine |= {row.conversation for row in rows}
    return SyncResult(
        changed=[
            Changed(row.conversation, row.rev, row.epoch, row.latest_seq, counts.get(row.conversation, 0))
            for row in changed
        ],
        gone=[conversation for conversation in asked if conversation not in mine],
        me_rev=counters.me_rev,
        unread_total=counters.unread_total,
        server_time=now,
        next=str(rows[-1].conversation) if more else None,
    )


async def _beside_sync(
    pipelines: Pipelines, person: UUID, changed: list[UUID], asked: list[UUID]
) -> tuple[dict[UUID, int], set[UUID]]:
    """What is unread in these, and which of those are one's own; no round trip where there is nothing to ask."""
    calls: dict[str, Call] = {}
    if changed:
        calls["counts"] = calling("unread_counts", changed, types="uuid[]")
    if asked:
        calls["mine"] = memberships(among=asked)
    found: dict[str, list[Any]] = {}
    if calls:
        _, *answers = await pipelines.run(acting(person), *calls.values())
        found = dict(zip(calls, answers, strict=True))
    counts = {row.conversation: row.unread for row in found.get("counts", ())}
    return counts, {row.conversation for row in found.get("mine", ())}


async def changes(
    pipelines: Pipelines,
    person: UUID,
    conversation: UUID,
    after_rev: int,
    limit: int,
    *,
    session: UUID | None = None,
) -> Changes | None:
    """What changed in one conversation after `after_rev`, at most `limit` things, oldest change first.

    None where its settings are among them: these are many statements more, and rare. Raises NotFound, and with a
    `session` as `sync` does.
    """
    _, mine, rows, members, marks = await pipelines.run(
        _acting(person, session),
        memberships(among=[conversation]),
        calling("changed_messages", conversation, after_rev, limit + 1, types="uuid bigint int"),
        calling("changed_members", conversation, after_rev, limit + 1, types="uuid bigint int"),
        calling("shared_marks", conversation, RECEIPTS_UP_TO, types="uuid int"),
    )
    if not mine:
        raise NotFound
    (member,) = mine
    reset = after_rev > member.rev
    to_rev = member.rev if reset else last_rev([row.rev for row in (*rows, *members)], limit, member.rev)
    if after_rev < member.settings_rev <= to_rev:
        return None
    complete = to_rev == member.rev
    has_receipts = complete and not reset and member.state == State.ACTIVE
    told = sorted((row for row in rows if row.rev <= to_rev), key=lambda row: row.rev)
    beside = await read_beside(pipelines, person, told, young_floor()) if told else None
    return Changes(
        from_rev=after_rev,
        to_rev=to_rev,
        epoch=member.epoch,
        complete=complete,
        reset=reset,
        messages=shown_messages(told, beside) if beside else [],
        members=[] if reset else [as_member(row) for row in members if row.rev <= to_rev],
        receipts=[Receipt(row.member, row.delivered_seq, row.read_seq) for row in marks if has_receipts],
        conversation=None,
    )


def _acting(person: UUID, session: UUID | None) -> Call:
    return acting_in_session(session, person) if session else acting(person)
