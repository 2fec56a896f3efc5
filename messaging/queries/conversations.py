"""Conversations as the person who acts sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from messaging.enums import State
from messaging.models import Participant
from messaging.queries.members import FIRST_MEMBERS, as_member, as_my_member
from messaging.queries.messages import SOMEONE, preview, young_floor
from messaging.schemas.conversations import Conversation, LatestMessage, Member
from prayermap.lib.db import call, call_scalar


class Own(NamedTuple):
    """One's own member row and its conversation: of the model, or rows with their columns."""

    member: Any
    conversation: Any


class Asked(NamedTuple):
    """A function of PostgreSQL and what it is asked, for whichever connection calls it."""

    function: str
    args: Sequence[Any]
    types: str


class Beside(NamedTuple):
    """What the functions of `asked_beside` answer about some conversations, in their order."""

    members: Sequence[Any]
    counts: Sequence[Any]
    latest: Sequence[Any]


def unread_counts(conversation_ids: list[UUID]) -> dict[UUID, Any]:
    """Rows of (conversation, unread, mentions), each exact up to 999, in one statement."""
    return {row.conversation: row for row in call("unread_counts", conversation_ids, types="uuid[]")}


def unread_total() -> int:
    return int(call_scalar("unread_total"))


def conversation_object(member: Participant) -> Conversation:
    return conversation_objects([member])[0]


def conversation_objects(members: Sequence[Participant]) -> list[Conversation]:
    """One object for each of one's own member rows, in three statements however many."""
    if not members:
        return []
    rows = [Own(member, member.conversation) for member in members]
    answers = [call(asked.function, *asked.args, types=asked.types) for asked in asked_beside(rows)]
    return shown_conversations(rows, Beside(*answers))


def asked_beside(rows: Sequence[Own]) -> list[Asked]:
    """What must be known besides to show these: their first members, what is unread, their newest messages."""
    ids = [row.member.conversation_id for row in rows]
    spoken = [row for row in rows if row.member.state == State.ACTIVE and row.conversation.latest_message_id]
    latest = (
        [row.member.id for row in spoken],
        [row.conversation.latest_message_id for row in spoken],
        [row.member.visible_from_seq for row in spoken],
        young_floor(),
    )
    return [
        Asked("first_members", (ids, FIRST_MEMBERS), "uuid[] int"),
        Asked("unread_counts", (ids,), "uuid[]"),
        Asked("latest_messages", latest, "uuid[] uuid[] bigint[] uuid"),
    ]


def shown_conversations(rows: Sequence[Own], beside: Beside) -> list[Conversation]:
    """The objects, in the order of `rows`. No query: for every way in which they may have been read."""
    listed: dict[UUID, list[Member]] = defaultdict(list)
    for row in beside.members:
        listed[row.conversation].append(as_member(row))
    counts = {row.conversation: row for row in beside.counts}
    latest = {row.conversation_id: row for row in beside.latest if not row.is_hidden}
    return [
        _object(row.member, row.conversation, listed[key], counts.get(key), latest.get(key))
        for row in rows
        for key in (row.member.conversation_id,)
    ]


def _object(member: Any, row: Any, listed: list[Member], counts: Any, latest: Any) -> Conversation:
    return Conversation(
        id=member.conversation_id,
        kind=row.kind,
        title=row.title,
        description=row.description,
        prayer=row.prayer_id,
        is_private=row.is_private,
        requires_approval=row.requires_approval,
        is_active=row.is_active,
        disappear_after_s=row.disappear_after_s,
        slow_mode_s=row.slow_mode_s,
        is_frozen=row.is_frozen,
        members=listed,
        member_count=row.member_count,
        rev=row.rev,
        epoch=row.epoch,
        latest_seq=row.latest_seq,
        latest_message=_latest(latest) if latest else None,
        created_at=row.created_at,
        unread_count=counts.unread if counts else 0,
        mention_count=counts.mentions if counts else 0,
        my_member=as_my_member(member, row.active_count),
    )


def _latest(row: Any) -> LatestMessage:
    return LatestMessage(
        preview=preview(row),
        sender=row.sender_id,
        sender_name=row.sender_name or SOMEONE,
        type=row.type,
        created_at=row.created_at,
    )
