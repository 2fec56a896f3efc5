"""Ask people in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.services.client_keys import earlier_result, remember
from messaging.enums import Role, State
from messaging.events import publish_look, publish_member
from messaging.models import Conversation, Participant
from messaging.queries.members import members_by_id, my_active_participant
from messaging.rules import is_admin, is_group
from messaging.schemas.conversations import InviteMember, Member
from messaging.services.locking import check_open, lock_conversation, next_rev, recount
from messaging.services.notices import notify_invited
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.errors import Conflict, Forbidden, invalid
from prayermap.lib.ids import uuid7_time
from prayermap.lib.rate import hit

NEW_ACCOUNT_DAYS = 7
#: The same number stands in invite_again() (sql/0008_membership_v1.sql).
DECLINE_HOLDS = timedelta(days=30)


def invite_member(*, conversation_id: UUID, body: InviteMember) -> tuple[Member, bool]:
    """Invite one person to a group; (member, created). Who is there already is answered, not invited again.

    Raises NotFound, Forbidden (not an admin), Conflict (a conversation of two, or a closed one), Invalid, RateLimited.
    """
    me = my_active_participant(conversation_id)
    if earlier := earlier_result(body.client_id, conversation_id, body):
        return members_by_id(conversation_id, [earlier])[0], False
    if not is_group(me.conversation.kind):
        raise Conflict("Only groups take further members.")
    if not is_admin(me.role):
        raise Forbidden("Only admins of the conversation invite.")
    (person,) = people_to_invite([body.user], field="user")
    conversation = lock_conversation(conversation_id)
    check_open(conversation)
    member_id = _invite(conversation, me, person)
    created = member_id is not None
    if member_id is None:
        member_id = Participant.objects.get(
            conversation_id=conversation_id, user_id=body.user, is_anonymous=False
        ).id
    remember(body.client_id, conversation_id, body, member_id)
    (member,) = members_by_id(conversation_id, [member_id])
    if created:
        publish_member(conversation_id, member, rev=conversation.rev)
        if not person.has_blocked_me:
            tell_invited(conversation_id, [body.user])
    return member, created


def ask_again(*, conversation_id: UUID, user_id: UUID) -> None:
    """Invite somebody anew to a conversation of two, who had left it or declined it 30 days ago; else nothing."""
    me = my_active_participant(conversation_id)
    gone = Q(state=State.LEFT) | Q(state=State.INVITED, declined_at__lt=timezone.now() - DECLINE_HOLDS)
    if not Participant.objects.filter(
        gone, conversation_id=conversation_id, user_id=user_id, is_anonymous=False
    ).exists():
        return
    (person,) = people_to_invite([user_id])
    conversation = lock_conversation(conversation_id)
    member_id = _invite(conversation, me, person)
    if member_id is not None:
        (member,) = members_by_id(conversation_id, [member_id])
        publish_member(conversation_id, member, rev=conversation.rev)
        tell_invited(conversation_id, [user_id])


def people_to_invite(ids: list[UUID], *, field: str = "members") -> list[Any]:
    """Rows (id, has_blocked_me, is_stranger) in the order asked for; counts against the daily limit.

    Raises Invalid (of `field`) for oneself, somebody twice or somebody unknown; RateLimited.
    """
    me = current_user_id()
    if me in ids:
        raise invalid(**{field: "You are a member already."})
    if len(set(ids)) != len(ids):
        raise invalid(**{field: "Each person once."})
    rows = {row.id: row for row in call("invitable", ids, types="uuid[]")}
    if len(rows) != len(ids):
        raise invalid(**{field: "Not all of these people are known."})
    count_invitations(me, len(ids))
    return [rows[user_id] for user_id in ids]


def add_invited(conversation: Conversation, me: Participant, people: Iterable[Any], *, rev: int) -> None:
    """Member rows of a conversation that is just being made."""
    Participant.objects.bulk_create([_row(conversation, me, person, rev) for person in people])


def tell_invited(conversation_id: UUID, user_ids: Iterable[UUID]) -> None:
    """The invited people's devices get the conversation as they may see it, their inboxes a notification."""
    told = list(user_ids)
    for user_id in told:
        publish_look(user_id, conversation_id)
    notify_invited(conversation_id, told)


def _invite(conversation: Conversation, me: Participant, person: Any) -> UUID | None:
    """The new or revived member's id; None where there is nothing to do."""
    existing = Participant.objects.filter(
        conversation=conversation, user_id=person.id, is_anonymous=False
    ).first()
    if existing is None:
        row = _row(conversation, me, person, next_rev(conversation))
        row.save(force_insert=True)
        recount(conversation)
        return row.id
    rows = call(
        "invite_again",
        conversation.id,
        person.id,
        not person.has_blocked_me,
        person.is_stranger,
        conversation.rev + 1,
        types="uuid uuid bool bool bigint",
    )
    if not rows or rows[0][0] is None:
        return None
    conversation.rev += 1
    recount(conversation)
    return UUID(str(rows[0][0]))


def _row(conversation: Conversation, me: Participant, person: Any, rev: int) -> Participant:
    return Participant(
        conversation=conversation,
        user_id=person.id,
        role=Role.MEMBER,
        state=State.INVITED,
        rev=rev,
        invited_by=me.id,
        is_told=not person.has_blocked_me,
        is_request=person.is_stranger,
        visible_from_seq=conversation.latest_seq + 1,
        read_seq=conversation.latest_seq,
        delivered_seq=conversation.latest_seq,
    )


def count_invitations(user_id: UUID, how_many: int) -> None:
    """20 a day, 5 for accounts under 7 days; the account's age is in its id."""
    age = timezone.now() - uuid7_time(user_id)
    most = settings.INVITATIONS_PER_DAY_NEW if age.days < NEW_ACCOUNT_DAYS else settings.INVITATIONS_PER_DAY
    if most:
        for _ in range(how_many):
            hit("invitations", str(user_id), f"{most}/day")
