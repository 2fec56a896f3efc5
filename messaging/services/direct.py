"""The one canonical direct conversation of two people."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from messaging.enums import State
from messaging.models import Participant
from messaging.schemas.conversations import CreateConversation
from messaging.services.invitations import ask_again, people_to_invite
from messaging.services.membership import accept_direct, come_back
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call, call_scalar
from prayermap.lib.errors import Blocked


def open_direct(*, other: UUID, is_anonymous: bool, start: Callable[..., UUID]) -> tuple[UUID, bool]:
    """(conversation id, created). Finding it again accepts an invitation, brings one back who had left, or asks
    the other again who has left or declined 30 days ago.

    A block either way refuses a named pair; an anonymous one can't observe it.
    """
    existing = call_scalar("claim_direct", other, is_anonymous, types="uuid bool")
    if not is_anonymous and other in {row[0] for row in call("people_apart")}:
        raise Blocked
    if existing is not None:
        _enter(existing, other)
        return existing, False
    people = people_to_invite([other])
    body = CreateConversation(kind="direct_message", members=[other], is_anonymous=is_anonymous)
    conversation_id = start(body=body, title="", people=people)
    call("record_direct", conversation_id, other, is_anonymous, types="uuid uuid bool")
    return conversation_id, True


def _enter(conversation_id: UUID, other: UUID) -> None:
    mine = Participant.objects.get(conversation_id=conversation_id, user_id=current_user_id())
    if mine.state == State.INVITED:
        accept_direct(conversation_id=conversation_id)
    elif mine.state == State.LEFT:
        come_back(conversation_id=conversation_id)
    elif mine.state == State.ACTIVE and not mine.is_anonymous:
        ask_again(conversation_id=conversation_id, user_id=other)
