"""What notifications of conversations are about, as the person who is told may see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from messaging.enums import NotificationLevel, State
from messaging.models import Message, Participant
from messaging.queries.conversations import unread_counts
from messaging.queries.members import authors, first_members, my_participants
from messaging.queries.messages import SOMEONE, is_hidden, preview
from notifications.enums import Kind, Reason
from notifications.models import Notification
from notifications.rules.sources import Hold, Preview
from prayermap.lib.db import call

KINDS = (
    Kind.MESSAGE_RECEIVED,
    Kind.MESSAGE_DELIVERED,
    Kind.MESSAGE_READ,
    Kind.MENTION,
    Kind.CONVERSATION_INVITE,
    Kind.MESSAGE_REQUEST,
    Kind.PRAYER_CONVERSATION_STARTED,
)
#: What a mute and the level of a conversation keep from being pushed.
_OF_MESSAGES = frozenset({Kind.MESSAGE_RECEIVED, Kind.MENTION, Kind.MESSAGE_READ, Kind.MESSAGE_DELIVERED})
_INVITATIONS = frozenset({Kind.CONVERSATION_INVITE, Kind.MESSAGE_REQUEST, Kind.PRAYER_CONVERSATION_STARTED})
_NAMES_IN_A_TITLE = 3


class _World(NamedTuple):
    """What is read once for all rows, by conversation."""

    mine: dict[UUID, Participant]
    titles: dict[UUID, str]
    counts: dict[UUID, Any]
    heads: dict[UUID, Any]
    messages: dict[UUID, Message]
    names: dict[UUID, Any]


def resolve(rows: Sequence[Notification]) -> dict[UUID, Preview]:
    """At most six statements, however many rows. Left out: conversations that are no longer the reader's."""
    wanted = {row.subject for row in rows}
    mine = {member.conversation_id: member for member in my_participants().filter(conversation_id__in=wanted)}
    if not mine:
        return {}
    world = _world(mine, [row for row in rows if row.read_at is None])
    return {row.pk: _preview(row, world) for row in rows if row.subject in mine}


def _world(mine: dict[UUID, Participant], open_rows: Iterable[Notification]) -> _World:
    unread = list({row.subject for row in open_rows if row.kind in _OF_MESSAGES and row.subject in mine})
    heads = {row.conversation: row for row in call("unread_heads", unread, types="uuid[]")} if unread else {}
    ids = {id_ for row in heads.values() for id_ in (row.message, row.mention) if id_}
    messages = (
        {row.pk: row for row in Message.objects.filter(pk__in=ids).defer("request_digest")} if ids else {}
    )
    people = [row.sender_id for row in messages.values()] + [member.invited_by for member in mine.values()]
    return _World(
        mine=mine,
        titles=_titles(mine),
        counts=unread_counts(unread) if unread else {},
        heads=heads,
        messages=messages,
        names=authors(person for person in people if person),
    )


def _titles(mine: dict[UUID, Participant]) -> dict[UUID, str]:
    """A conversation's title, else the names of some others in it."""
    titles = {id_: member.conversation.title for id_, member in mine.items() if member.conversation.title}
    nameless = [id_ for id_ in mine if id_ not in titles]
    listed = first_members(nameless) if nameless else {}
    for id_ in nameless:
        others = [member.name for member in listed[id_] if member.id != mine[id_].pk]
        titles[id_] = ", ".join(others[:_NAMES_IN_A_TITLE]) or SOMEONE
    return titles


def _preview(row: Notification, world: _World) -> Preview:
    title = world.titles[row.subject]
    if row.kind in _INVITATIONS:
        return Preview(title, _name(world.mine[row.subject].invited_by, world))
    if row.kind not in (Kind.MESSAGE_RECEIVED, Kind.MENTION) or row.subject not in world.heads:
        return Preview(title)
    head, counts = world.heads[row.subject], world.counts.get(row.subject)
    is_mention = row.kind == Kind.MENTION
    message = world.messages.get(head.mention if is_mention else head.message)
    read_seq = world.mine[row.subject].read_seq
    return Preview(
        title,
        sender_name=_name(message.sender_id, world) if message else None,
        preview=preview(message) if message and not is_hidden(message, world.names) else None,
        times=(counts.mentions if is_mention else counts.unread) if counts else 0,
        seq=max(row.first_seq or 0, read_seq + 1),
    )


def _name(member: UUID | None, world: _World) -> str:
    return str(world.names[member].name) if member in world.names else SOMEONE


def holds(rows: Sequence[Notification], now: datetime) -> dict[UUID, Hold]:
    """For the worker: conversations that were muted, or set to fewer notifications, since something was opened."""
    wanted = [row for row in rows if row.kind in _OF_MESSAGES]
    members = Participant.objects.using("owner").filter(
        Q(muted_until__gt=now) | ~Q(notification_level=NotificationLevel.ALL),
        conversation_id__in={row.subject for row in wanted},
        user_id__in={row.user_id for row in wanted},
        state=State.ACTIVE,
    )
    settings = {(member.user_id, member.conversation_id): member for member in members}
    found: dict[UUID, Hold] = {}
    for row in wanted:
        member = settings.get((row.user_id, row.subject))
        if member is not None and (hold := _hold(row, member, now)):
            found[row.pk] = hold
    return found


def _hold(row: Notification, member: Participant, now: datetime) -> Hold | None:
    level = member.notification_level
    if level == NotificationLevel.NONE or (level == NotificationLevel.MENTIONS and row.kind != Kind.MENTION):
        return Hold(Reason.LEVEL)
    if row.kind != Kind.MENTION and member.muted_until is not None and member.muted_until > now:
        return Hold(Reason.MUTED, member.muted_until)
    return None
