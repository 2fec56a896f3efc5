"""Make a conversation, change its settings, change one's own."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from msgspec import UNSET

from accounts.services.client_keys import earlier_result, remember
from messaging.enums import Kind, Role, State
from messaging.events import publish_look, publish_settings, publish_to_person
from messaging.models import Conversation, Participant
from messaging.queries.conversations import conversation_object
from messaging.queries.members import my_active_participant, my_participant
from messaging.rules import is_admin, is_group
from messaging.schemas import conversations as shapes
from messaging.services.direct import open_direct
from messaging.services.disappearing import set_disappearing
from messaging.services.invitations import add_invited, people_to_invite, tell_invited
from messaging.services.locking import lock_conversation, next_rev, recount
from messaging.services.prayer_conversations import enter
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call_scalar
from prayermap.lib.errors import Conflict, Forbidden, invalid
from prayermap.lib.rate import hit
from prayermap.lib.text import check_name
from prayers.queries.prayers import visible_prayers

_EVERYWHERE = UUID(int=0)  # the scope of a conversation's client_id


def create_conversation(*, body: shapes.CreateConversation) -> tuple[shapes.Conversation, bool]:
    """(conversation, created). The same direct pair finds the same conversation, and accepts it.

    Raises Invalid, Blocked, ClientIdReused, RateLimited.
    """
    if earlier := earlier_result(body.client_id, _EVERYWHERE, body):
        return conversation_object(my_participant(earlier)), False
    title = _checked_title(body)
    _check_prayer(body)
    if body.kind == Kind.PRAYER_RESPONSE.value and body.prayer is not None:
        conversation_id, created = enter(prayer_id=body.prayer, is_anonymous=body.is_anonymous, place=None)
    elif body.kind == Kind.DIRECT_MESSAGE.value:
        conversation_id, created = open_direct(
            other=_the_other(body), is_anonymous=body.is_anonymous, start=start
        )
    else:
        people = people_to_invite(body.members) if body.members else []
        conversation_id = start(body=body, title=title, people=people)
        created = True
    remember(body.client_id, _EVERYWHERE, body, conversation_id)
    publish_look(current_user_id(), conversation_id)
    return conversation_object(my_participant(conversation_id)), created


def start(*, body: Any, title: str, people: list[Any]) -> UUID:
    """A new conversation with the person who acts inside and these people invited; `rev` 1."""
    hit("conversations", str(current_user_id()))
    conversation = Conversation.objects.create(
        kind=body.kind,
        title=title,
        description=body.description.strip(),
        prayer_id=body.prayer,
        is_private=body.is_private,
        requires_approval=body.requires_approval,
        latest_activity_at=timezone.now(),
    )
    me = Participant.objects.create(
        conversation=conversation,
        user_id=current_user_id(),
        role=Role.OWNER if is_group(body.kind) else Role.MEMBER,
        state=State.ACTIVE,
        is_anonymous=body.is_anonymous,
        rev=1,
    )
    add_invited(conversation, me, people, rev=1)
    conversation.settings_rev = 1
    next_rev(conversation, "settings_rev")
    recount(conversation)
    tell_invited(conversation.id, [person.id for person in people if not person.has_blocked_me])
    return conversation.id


def change_conversation(*, conversation_id: UUID, body: shapes.PatchConversation) -> shapes.Conversation:
    """Settings of a group, for its admins; of two, either lets messages disappear.

    Raises NotFound, Forbidden, Blocked, Conflict, Invalid.
    """
    me = my_active_participant(conversation_id)
    if not is_group(me.conversation.kind):
        return _change_direct(conversation_id, body)
    if not is_admin(me.role):
        raise Forbidden("Only admins of the conversation change it.")
    conversation = lock_conversation(conversation_id)
    changed = _apply(conversation, body)
    if changed:
        conversation.settings_rev = conversation.rev + 1
        next_rev(conversation, "settings_rev", *changed)
    answer = conversation_object(my_participant(conversation_id))
    if changed:
        publish_settings(answer)
    return answer


def _change_direct(conversation_id: UUID, body: shapes.PatchConversation) -> shapes.Conversation:
    given = {name for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
    if given - {"disappear_after_s"}:
        raise Conflict("A conversation of two has no settings but disappear_after_s.")
    changed = body.disappear_after_s is not UNSET and set_disappearing(
        conversation_id=conversation_id, seconds=body.disappear_after_s
    )
    answer = conversation_object(my_participant(conversation_id))
    if changed:
        publish_settings(answer)
    return answer


def change_my_member(*, conversation_id: UUID, body: shapes.PatchMyMember) -> shapes.Conversation:
    """One's own mute, pin, archive, level and mark; told to one's own devices. Raises NotFound, Forbidden."""
    me = my_active_participant(conversation_id)
    now = timezone.now()
    values: dict[str, Any] = {}
    if body.muted_until is not UNSET:
        values["muted_until"] = _checked_moment(body.muted_until)
    if body.pinned is not UNSET:
        values["pinned_at"] = (me.pinned_at or now) if body.pinned else None
    if body.archived is not UNSET:
        values["archived_at"] = (me.archived_at or now) if body.archived else None
    if body.notification_level is not UNSET:
        values["notification_level"] = body.notification_level
    if body.marked_unread is not UNSET:
        values["marked_unread_at"] = (me.marked_unread_at or now) if body.marked_unread else None
    if any(getattr(me, name) != value for name, value in values.items()):
        # The member row first, as mark_receipts() locks: the other way round, two devices could wait for each other.
        Participant.objects.select_for_update(no_key=True).get(pk=me.pk)
        values["me_rev"] = call_scalar("next_me_rev")
        Participant.objects.filter(pk=me.pk).update(**values)
    answer = conversation_object(my_participant(conversation_id))
    if "me_rev" in values:
        publish_to_person(current_user_id(), "conversation.updated", {"conversation": answer})
    return answer


def _checked_moment(moment: datetime | None) -> datetime | None:
    """In UTC. The first and the last year of the calendar are refused: another zone would leave it."""
    if moment is None:
        return None
    if not MINYEAR < moment.year < MAXYEAR:
        raise invalid(muted_until="Must be a year of this age.")
    return moment.astimezone(UTC)


def _apply(conversation: Conversation, body: shapes.PatchConversation) -> list[str]:
    """Set what differs; the names of the fields that did."""
    wanted: dict[str, Any] = {}
    if body.title is not UNSET:
        wanted["title"] = _name(body.title)
    if body.description is not UNSET:
        wanted["description"] = body.description.strip()
    if body.is_private is not UNSET:
        wanted["is_private"] = body.is_private
    if body.requires_approval is not UNSET:
        wanted["requires_approval"] = body.requires_approval
    for name in ("disappear_after_s", "slow_mode_s", "is_frozen"):
        if (value := getattr(body, name)) is not UNSET:
            wanted[name] = value
    changed = [name for name, value in wanted.items() if getattr(conversation, name) != value]
    for name in changed:
        setattr(conversation, name, wanted[name])
    return changed


def _checked_title(body: shapes.CreateConversation) -> str:
    if not is_group(body.kind) and (body.title or body.description):
        raise invalid(title="A conversation of two has neither title nor description.")
    return "" if body.title is None else _name(body.title)


def _name(title: str) -> str:
    try:
        return check_name(title)
    except ValueError as error:
        raise invalid(title=str(error)) from None


def _check_prayer(body: shapes.CreateConversation) -> None:
    """One that can be seen, where the kind takes one."""
    is_response = body.kind == Kind.PRAYER_RESPONSE.value
    if is_response and body.prayer is None:
        raise invalid(prayer="A conversation of kind prayer_response needs a prayer.")
    if body.prayer is None:
        return
    if body.kind == Kind.DIRECT_MESSAGE.value:
        raise invalid(prayer="A direct conversation is about no prayer.")
    prayer = visible_prayers().filter(pk=body.prayer).first()
    if prayer is None:
        raise invalid(prayer="There is no such prayer.")
    # Of an anonymous prayer nobody can be named: a right guess is answered as a wrong one.
    if is_response and body.members and body.members != [prayer.author_id]:
        raise invalid(members="The prayer's author is invited, and nobody else.")


def _the_other(body: shapes.CreateConversation) -> UUID:
    if len(body.members) != 1:
        raise invalid(members="A direct conversation takes exactly one other person.")
    return body.members[0]
