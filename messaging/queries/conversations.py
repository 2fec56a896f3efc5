"""Conversations as the person who acts sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from messaging.enums import State
from messaging.models import Message, Participant, PersonalMark
from messaging.queries.members import as_my_member, authors, first_members
from messaging.queries.messages import SOMEONE, is_hidden, preview
from messaging.schemas.conversations import Conversation, LatestMessage
from prayermap.lib.db import call, call_scalar


def unread_counts(conversation_ids: list[UUID]) -> dict[UUID, Any]:
    """Rows of (conversation, unread, mentions), each exact up to 999, in one statement."""
    return {row.conversation: row for row in call("unread_counts", conversation_ids, types="uuid[]")}


def unread_total() -> int:
    return int(call_scalar("unread_total"))


def conversation_object(member: Participant) -> Conversation:
    return conversation_objects([member])[0]


def conversation_objects(members: Sequence[Participant]) -> list[Conversation]:
    """One object for each of one's own member rows, in four statements however many."""
    ids = [member.conversation_id for member in members]
    if not ids:
        return []
    listed = first_members(ids)
    counts = unread_counts(ids)
    latest = _latest_messages(members)
    return [
        _object(
            member, listed[member.conversation_id], counts.get(member.conversation_id), latest.get(member.id)
        )
        for member in members
    ]


def _object(
    member: Participant, listed: list[Any], counts: Any, latest: LatestMessage | None
) -> Conversation:
    row = member.conversation
    return Conversation(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]  # a constraint keeps it one of them
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
        latest_message=latest,
        created_at=row.created_at,
        unread_count=counts.unread if counts else 0,
        mention_count=counts.mentions if counts else 0,
        my_member=as_my_member(member),
    )


def _latest_messages(members: Sequence[Participant]) -> dict[UUID, LatestMessage]:
    """By member id, without what one has deleted for oneself; primary keys, so each is one probe of one month."""
    wanted = {
        member.conversation.latest_message_id: member
        for member in members
        if member.state == State.ACTIVE and member.conversation.latest_message_id
    }
    removed = PersonalMark.objects.filter(message_id=OuterRef("pk"), removed_at__isnull=False)
    found = Message.objects.filter(~Exists(removed), id__in=wanted).defer("request_digest") if wanted else []
    rows = [row for row in found if row.seq >= wanted[row.id].visible_from_seq]
    names = authors(row.sender_id for row in rows if row.sender_id)
    return {
        wanted[row.id].id: LatestMessage(
            preview=preview(row),
            sender=row.sender_id,
            sender_name=names[row.sender_id].name if row.sender_id in names else SOMEONE,
            type=row.type,
            created_at=row.created_at,
        )
        for row in rows
        if not is_hidden(row, names)
    }
