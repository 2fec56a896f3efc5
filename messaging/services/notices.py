"""Notifications of conversations: invitations, and what is taken back because its messages are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from messaging.models import Conversation, Participant
from notifications.enums import Kind
from notifications.events import publish_settled
from notifications.models import Notification
from notifications.services.opening import open_notification
from prayermap.lib.acting import in_writers_role
from prayermap.lib.db import call


def notify_invited(conversation_id: UUID, user_ids: list[UUID]) -> None:
    """An invitation, a stranger's request, or a conversation about a prayer; one statement for each of these.

    Somebody invited anonymously, whom the one who invites can't see as a member, is told of the prayer only.
    """
    if not user_ids:
        return
    rows = Participant.objects.filter(
        conversation_id=conversation_id, user_id__in=user_ids, is_anonymous=False
    )
    is_request = dict(rows.values_list("user_id", "is_request"))
    prayer = Conversation.objects.values_list("prayer_id", flat=True).get(pk=conversation_id)
    groups: dict[tuple[Kind, bool], list[UUID]] = {}
    for user_id in user_ids:
        groups.setdefault(_told_by(prayer, is_stranger=is_request.get(user_id, True)), []).append(user_id)
    for (kind, is_pushed), users in groups.items():
        open_notification(
            kind=kind,
            users=users,
            subject=conversation_id,
            conversation=conversation_id,
            prayer=prayer,
            is_pushed=is_pushed,
        )


def _told_by(prayer: UUID | None, *, is_stranger: bool) -> tuple[Kind, bool]:
    """A stranger's invitation waits in the inbox."""
    if prayer is not None:
        return Kind.PRAYER_CONVERSATION_STARTED, not is_stranger
    return (Kind.MESSAGE_REQUEST, False) if is_stranger else (Kind.CONVERSATION_INVITE, True)


def tell_settled(conversation_id: UUID, user_id: UUID) -> None:
    """A step of membership has closed what stood about a conversation: connected devices hear of it."""
    closed = [row[0] for row in call("just_settled", conversation_id, user_id, types="uuid uuid")]
    if closed:
        publish_settled([user_id], conversation_id, fresh=closed)


def settle_notifications(conversation_ids: Iterable[UUID], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Messages there were deleted, hidden, erased or have disappeared: what told of them and nothing else is closed.

    To be called in the transaction that did it, whoever acts, or in one of the owner's; `publish_updated` does so.
    Connected devices hear of it after the commit.
    """
    with in_writers_role() if using == DEFAULT_DB_ALIAS else nullcontext():
        rows = call("settle_notifications", list(conversation_ids), types="uuid[]", using=using)
    by_conversation: dict[UUID, list[UUID]] = {}
    for row in rows:
        by_conversation.setdefault(row.conversation, []).append(row.user_id)
    for conversation_id, users in by_conversation.items():
        publish_settled(users, conversation_id, using=using)


def open_again(rows: Sequence[Notification]) -> None:
    """The person who acts closes these: the next message tells again, though others are unread."""
    conversations = [row.subject for row in rows if row.kind == Kind.MESSAGE_RECEIVED]
    if conversations:
        call("notify_again", conversations, types="uuid[]")


def open_again_for_all(rows: Sequence[Notification]) -> None:
    """The same for people who have been pushed to: what is written from now on is told once more. As the owner."""
    pairs = sorted((row.user_id, row.subject) for row in rows if row.kind == Kind.MESSAGE_RECEIVED)
    if pairs:
        people, conversations = zip(*pairs, strict=True)
        call("notify_people_again", list(people), list(conversations), types="uuid[] uuid[]", using="owner")
