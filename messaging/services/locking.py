"""The conversation's row lock, under which `rev` is taken."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from messaging.models import Conversation
from prayermap.lib.db import call
from prayermap.lib.errors import Conflict, NotFound


def lock_conversation(conversation_id: UUID) -> Conversation:
    """The row, locked until the transaction ends. Raises NotFound where it is not among one's own."""
    found = (
        Conversation.objects.select_for_update(no_key=True, of=("self",)).filter(pk=conversation_id).first()
    )
    if found is None:
        raise NotFound
    return found


def check_open(conversation: Conversation) -> None:
    """Raises Conflict where it is closed to writing: nobody enters there, either."""
    if not conversation.is_active:
        raise Conflict("This conversation is closed.")


def next_rev(conversation: Conversation, *changed: str) -> int:
    """Take the next `rev` of a locked conversation and store these fields with it."""
    conversation.rev += 1
    conversation.updated_at = timezone.now()
    conversation.save(update_fields=["rev", "updated_at", *changed])
    return conversation.rev


def recount(conversation: Conversation) -> None:
    """Count its members anew after one came or went."""
    (counts,) = call("recount_members", conversation.id, types="uuid")
    conversation.active_count, conversation.member_count = counts
