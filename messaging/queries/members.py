"""Members as others see them, and one's own member row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.rules import SeenMember
from messaging.enums import LISTED_STATES, State
from messaging.models import Participant
from messaging.schemas.conversations import Member, MyMember
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call, call_scalar
from prayermap.lib.errors import Forbidden, NotFound

FIRST_MEMBERS = 10


def my_participants() -> QuerySet[Participant]:
    """Rows of the person who acts in conversations that are among their own, with the conversation.

    Who is there twice (named and anonymous) is here once: by the active row, by the named one of two.
    """
    other = (
        _my_rows()
        .filter(conversation=OuterRef("conversation"))
        .exclude(is_anonymous=OuterRef("is_anonymous"))
    )
    is_active = Q(state=State.ACTIVE)
    return (
        _my_rows()
        .exclude(Exists(other.filter(is_active)), ~is_active)
        .exclude(Exists(other.filter(is_active, is_anonymous=False)), is_anonymous=True)
        .exclude(Exists(other.exclude(is_active)), ~is_active, is_anonymous=True)
        .select_related("conversation")
    )


def my_participant(conversation_id: UUID) -> Participant:
    """One's own row there, chosen as above. Raises NotFound for a conversation that is not among one's own."""
    rows = _my_rows().filter(conversation_id=conversation_id).select_related("conversation")
    row = min(rows, key=lambda row: (row.state != State.ACTIVE, row.is_anonymous), default=None)
    if row is None:
        raise NotFound
    return row


def my_reading_participant(conversation_id: UUID) -> Participant:
    """The same for reading messages: raises NotFound also where one is invited or has asked to join."""
    row = my_participant(conversation_id)
    if row.state != State.ACTIVE:
        raise NotFound
    return row


def my_active_participant(conversation_id: UUID) -> Participant:
    """The same for acting there: raises Forbidden where one is invited or has asked to join."""
    row = my_participant(conversation_id)
    if row.state != State.ACTIVE:
        raise Forbidden("Accept the invitation first." if row.state == State.INVITED else None)
    return row


def _my_rows() -> QuerySet[Participant]:
    return Participant.objects.filter(
        user_id=current_user_id(), state__in=LISTED_STATES, is_told=True, declined_at__isnull=True
    )


def first_members(conversation_ids: list[UUID]) -> dict[UUID, list[Member]]:
    """Up to 10 members of each conversation, oldest first, in one statement."""
    found: dict[UUID, list[Member]] = defaultdict(list)
    for row in call("first_members", conversation_ids, FIRST_MEMBERS, types="uuid[] int"):
        found[row.conversation].append(as_member(row))
    return found


def members_by_id(conversation_id: UUID, ids: list[UUID]) -> list[Member]:
    """These members, whatever became of them; unknown ids are left out."""
    return [as_member(row) for row in _visible([conversation_id], ids, len(ids))]


def member_rows(conversation_id: UUID, after: UUID | None, limit: int) -> list[Any]:
    """Listed members by id order, from behind `after`."""
    return call("members_page", conversation_id, after, limit, types="uuid uuid int")


def authors(ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Rows of (id, name, is_hidden) by member id, in one statement; none for no ids.

    `is_hidden`: a block keeps what they write from the person who acts.
    """
    wanted = list(set(ids))
    return {row.id: row for row in call("member_names", wanted, types="uuid[]")} if wanted else {}


def hidden_members() -> frozenset[str]:
    """Ids of members, in all one's conversations, whose messages a block hides."""
    return frozenset(str(row[0]) for row in call("hidden_members"))


def as_member(row: Any) -> Member:
    return Member(row.id, row.name, row.user, row.role, row.state, row.is_anonymous)


def as_my_member(row: Any, active_count: int) -> MyMember:
    """One's own member, of so many active ones; `row` is of the model or has its columns."""
    others = active_count - (row.state == State.ACTIVE)
    return MyMember(
        id=row.id,
        role=row.role,
        state=row.state,
        is_anonymous=row.is_anonymous,
        read_seq=row.read_seq,
        delivered_seq=row.delivered_seq,
        muted_until=row.muted_until,
        pinned_at=row.pinned_at,
        archived_at=row.archived_at,
        notification_level=row.notification_level,
        marked_unread=row.marked_unread_at is not None,
        anonymity_set=max(0, others),
    )


def _visible(conversation_ids: list[UUID], ids: list[UUID] | None, most: int) -> list[Any]:
    return call("visible_members", conversation_ids, ids, None, most, types="uuid[] uuid[] uuid int")


def seen_member(member_id: UUID) -> SeenMember | None:
    """A member of a conversation of one's own, whatever became of them; not one's own anonymous self.

    A named one is looked for by key in each conversation of one's own: nobody blocks often.
    """
    if call_scalar("is_visible_anonymous", member_id, types="uuid"):
        return SeenMember(None)
    rows = _visible(list(_my_rows().values_list("conversation_id", flat=True)), [member_id], 1)
    return next((SeenMember(row.user) for row in rows if row.user is not None), None)
