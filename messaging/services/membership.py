"""Come in and go: accept, decline, join, leave; approve, remove, give a role."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from msgspec import UNSET

from messaging.enums import Role, State
from messaging.events import publish_member, publish_to_person
from messaging.models import Conversation
from messaging.queries.conversations import conversation_object
from messaging.queries.members import as_member, members_by_id, my_active_participant, my_participant
from messaging.rules import is_admin, is_group
from messaging.schemas import conversations as shapes
from messaging.services.locking import check_open, lock_conversation, next_rev, recount
from messaging.services.notices import tell_settled
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call, call_scalar
from prayermap.lib.errors import Conflict, Forbidden, NotFound, invalid


def accept_invitation(*, conversation_id: UUID) -> shapes.Conversation:
    """Become active; once more it changes nothing. Raises NotFound, Conflict (full, closed, or not invited)."""
    me = my_participant(conversation_id)
    conversation = lock_conversation(conversation_id)
    # Asked for by itself: who is there anonymously may be invited by name as well.
    invited = conversation.participants.filter(user_id=current_user_id(), state=State.INVITED)
    if invited.exists():
        check_open(conversation)
        _check_room(conversation)
        _step(conversation_id, "accept")
    elif me.state != State.ACTIVE:
        raise Conflict("There is no invitation to accept.")
    return conversation_object(my_participant(conversation_id))


def decline_invitation(*, conversation_id: UUID) -> None:
    """It leaves one's list; to others it looks pending. Raises NotFound, Conflict (not invited)."""
    my_participant(conversation_id)
    if not call("step_member", conversation_id, "decline", types="uuid text"):
        raise Conflict("There is no invitation to decline.")
    _gone(current_user_id(), conversation_id, "declined")


def join_conversation(*, conversation_id: UUID) -> shapes.Conversation:
    """Enter an open group, or ask to; once more it changes nothing. Raises NotFound, Conflict (full or closed)."""
    rows = call("join_conversation", conversation_id, settings.ACTIVE_MEMBERS, types="uuid int")
    if not rows:
        me = my_participant(conversation_id)
        if me.state != State.ACTIVE:
            check_open(me.conversation)
        return conversation_object(me)
    (joined,) = rows
    if joined.is_full:
        raise Conflict("This conversation is full.")
    if joined.member is not None:
        (member,) = members_by_id(conversation_id, [joined.member])
        publish_member(conversation_id, member, rev=joined.new_rev)
    return conversation_object(my_participant(conversation_id))


def accept_direct(*, conversation_id: UUID) -> None:
    """Accept a direct conversation by opening it oneself; a decline before counts no longer."""
    _step(conversation_id, "accept")


def come_back(*, conversation_id: UUID) -> None:
    """Return to a direct conversation that one had left; what was written meanwhile stays unseen."""
    _step(conversation_id, "return")


def change_member(*, conversation_id: UUID, member_id: UUID, body: shapes.PatchMember) -> shapes.Member:
    """A role (owners give it), or the approval of a request (admins). Raises NotFound, Forbidden, Conflict, Invalid."""
    me = my_active_participant(conversation_id)
    if not is_group(me.conversation.kind):
        raise Conflict("A conversation of two has no roles.")
    conversation = lock_conversation(conversation_id)
    member = _member(conversation_id, member_id)
    if body.role is UNSET and body.state is UNSET:
        raise invalid(role="Give a role or a state.")
    if body.state is not UNSET and member.state != State.ACTIVE.value:
        _approve(conversation, me.role, member)
    if body.role is not UNSET and body.role != member.role:
        _give_role(conversation, me.role, member, body.role)
    (answer,) = members_by_id(conversation_id, [member_id])
    return answer


def remove_member(*, conversation_id: UUID, member_id: UUID) -> None:
    """Remove a member, withdraw an invitation, refuse a request; oneself: leave.

    Raises NotFound, Forbidden (admins remove members, owners anybody), Conflict.
    """
    me = my_participant(conversation_id)
    if member_id == me.id:
        return leave_conversation(conversation_id=conversation_id)
    if me.state != State.ACTIVE:
        raise Forbidden
    conversation = lock_conversation(conversation_id)
    member = _member(conversation_id, member_id)
    if not is_group(conversation.kind) or not is_admin(me.role):
        raise Forbidden("Only admins of a group remove members.")
    if is_admin(member.role) and me.role != Role.OWNER:
        raise Forbidden("Only an owner removes an admin.")
    if member.state in (State.LEFT, State.REMOVED):
        return None
    _change(conversation, member, state=State.REMOVED)
    if member.user is not None:
        _gone(member.user, conversation_id, "removed")
    return None


def leave_conversation(*, conversation_id: UUID) -> None:
    """Leave, or withdraw a request. The last owner's role goes to the oldest admin, else the oldest member.

    Raises NotFound. Leaving an invitation declines it.
    """
    me = my_participant(conversation_id)
    if me.state == State.INVITED:
        return decline_invitation(conversation_id=conversation_id)
    found = members_by_id(conversation_id, [me.id])
    steps = call("step_member", conversation_id, "leave", types="uuid text")
    if not (found and steps):  # another device was faster
        raise NotFound
    (left,) = found
    (step,) = steps
    left.state, left.role = "left", "member"
    publish_member(conversation_id, left, rev=step.new_rev, reason="left")
    _gone(current_user_id(), conversation_id, "left")
    for heir in call("hand_over", conversation_id, types="uuid"):
        publish_member(conversation_id, as_member(heir), rev=heir.rev)
    return None


def _approve(conversation: Conversation, my_role: str, member: shapes.Member) -> None:
    if not is_admin(my_role):
        raise Forbidden("Only admins approve.")
    if member.state != State.REQUESTED.value:
        raise Conflict("This member has not asked to join.")
    check_open(conversation)
    _check_room(conversation)
    _change(conversation, member, state=State.ACTIVE)


def _give_role(conversation: Conversation, my_role: str, member: shapes.Member, role: str) -> None:
    if my_role != Role.OWNER:
        raise Forbidden("Only an owner gives roles.")
    if member.role == Role.OWNER.value and not _other_owner(conversation, member.id):
        raise Conflict("Make somebody else an owner first.")
    _change(conversation, member, role=role)


def _other_owner(conversation: Conversation, member_id: UUID) -> bool:
    return bool(call_scalar("has_other_owner", conversation.id, member_id, types="uuid uuid"))


def _change(
    conversation: Conversation, member: shapes.Member, *, role: str | None = None, state: str | None = None
) -> None:
    next_rev(conversation)  # first: an owner who gives up the role may not step the conversation any more
    if not call_scalar(
        "change_member", member.id, role, state, conversation.rev, types="uuid text text bigint"
    ):
        raise Conflict("The member has changed meanwhile.")
    recount(conversation)
    _tell(conversation, member.id, reason="removed" if state == State.REMOVED else "")


def _step(conversation_id: UUID, step: str) -> None:
    """A step of one's own that others are told of; it takes its own rev. Raises Conflict where it doesn't exist."""
    rows = call("step_member", conversation_id, step, types="uuid text")
    if not rows:
        raise Conflict("The conversation is closed, or the membership has changed meanwhile.")
    (member,) = members_by_id(conversation_id, [rows[0].member])
    publish_member(conversation_id, member, rev=rows[0].new_rev, user=current_user_id())
    tell_settled(conversation_id, current_user_id())


def _tell(conversation: Conversation, member_id: UUID, *, reason: str = "") -> None:
    (member,) = members_by_id(conversation.id, [member_id])
    publish_member(conversation.id, member, rev=conversation.rev, reason=reason)


def _gone(user_id: UUID, conversation_id: UUID, reason: str) -> None:
    tell_settled(conversation_id, user_id)
    publish_to_person(user_id, "conversation.removed", {"id": conversation_id, "reason": reason})


def _member(conversation_id: UUID, member_id: UUID) -> shapes.Member:
    found = members_by_id(conversation_id, [member_id])
    if not found:
        raise NotFound
    return found[0]


def _check_room(conversation: Conversation) -> None:
    if conversation.active_count >= settings.ACTIVE_MEMBERS:
        raise Conflict("This conversation is full.")
