"""What a hub reads from PostgreSQL about the person behind a socket."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from messaging.enums import State
from messaging.queries.catchup import changes
from messaging.queries.conversations import conversation_object
from messaging.queries.members import hidden_members, my_participants
from messaging.queries.returning import memberships
from messaging.queries.telling import Told, missed_messages
from messaging.schemas.catchup import Changes
from messaging.schemas.conversations import Conversation
from prayermap.lib import pipelines
from prayermap.lib.acting import acting_as
from prayermap.lib.db import call


class Membership(NamedTuple):
    """An active one. `rev`, `latest_seq`, `active_count` and `kind` are its conversation's; `visible_from`: from which
    `seq` on the member may see.
    """

    conversation: str
    member: str
    rev: int
    visible_from: int = 1
    latest_seq: int = 0
    active_count: int = 0
    kind: str = ""


class Missed(NamedTuple):
    """What changed in a conversation: members and settings as one reader sees them, messages as nobody in particular."""

    changes: Changes
    messages: list[Told]


class Blocks(NamedTuple):
    """People between whom and the person there is a block; members whose messages a block hides."""

    apart: frozenset[UUID]
    hidden: frozenset[str]


#: One for all who block nobody: an empty set takes 216 bytes.
_NO_PEOPLE: frozenset[UUID] = frozenset()
_NO_MEMBERS: frozenset[str] = frozenset()


class Arrival(NamedTuple):
    """What a new socket needs, read in one transaction."""

    memberships: list[Membership]
    blocks: Blocks
    unread_total: int


async def read_arrival(user_id: UUID) -> Arrival:
    """One round trip."""
    _, mine, apart, hidden, [counters] = await pipelines.running().run(
        pipelines.acting(user_id),
        memberships(),
        pipelines.calling("people_apart"),
        pipelines.calling("hidden_members"),
        pipelines.calling("my_counters"),
    )
    return Arrival(
        [
            Membership(
                str(row.conversation),
                str(row.member),
                row.rev,
                row.visible_from_seq,
                row.latest_seq,
                row.active_count,
                row.kind,
            )
            for row in mine
            if row.state == State.ACTIVE
        ],
        Blocks(
            frozenset(row[0] for row in apart) or _NO_PEOPLE,
            frozenset(str(row[0]) for row in hidden) or _NO_MEMBERS,
        ),
        counters.unread_total,
    )


def read_memberships(user_id: UUID, conversation: str | None = None) -> list[Membership]:
    """Active memberships of a person: all, or the one in this conversation."""
    with acting_as(user_id):
        return _active_memberships(conversation)


def read_blocks(user_id: UUID) -> Blocks:
    with acting_as(user_id):
        return _blocks()


def read_missed(reader: UUID, conversation: str, after_rev: int, limit: int) -> Missed:
    """Raises NotFound where the reader has just gone."""
    with acting_as(reader):
        found = changes(UUID(conversation), after_rev, limit)
        return Missed(found, missed_messages(UUID(conversation), after_rev, found.to_rev, limit))


def read_conversation(user_id: UUID, conversation: str) -> Conversation | None:
    """A conversation as this person sees it; None where it is not one of theirs."""
    with acting_as(user_id):
        member = my_participants().filter(conversation_id=conversation).first()
        return conversation_object(member) if member else None


def _active_memberships(conversation: str | None = None) -> list[Membership]:
    rows = my_participants().filter(state=State.ACTIVE)
    if conversation is not None:
        rows = rows.filter(conversation_id=conversation)
    found = rows.values_list(
        "conversation_id",
        "pk",
        "conversation__rev",
        "visible_from_seq",
        "conversation__latest_seq",
        "conversation__active_count",
        "conversation__kind",
    )
    return [
        Membership(str(conversation_id), str(member), rev, visible_from, latest_seq, active_count, kind)
        for conversation_id, member, rev, visible_from, latest_seq, active_count, kind in found
    ]


def _blocks() -> Blocks:
    return Blocks(frozenset(row[0] for row in call("people_apart")), hidden_members())
