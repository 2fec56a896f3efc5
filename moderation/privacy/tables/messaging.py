"""What people wrote, where they are members, and what hangs on both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from messaging.enums import MessageState, NotificationLevel, Role, State
from messaging.models import (
    Attachment,
    DeliveryStatus,
    DirectPair,
    Mention,
    Message,
    MessageAuthor,
    MessageRevision,
    Participant,
    PersonalMark,
    PersonState,
    PrayerPair,
    QueuedMessage,
    Reaction,
    SlowModeTurn,
)
from messaging.services.erasing import erase_member, erase_reactions, erase_written
from moderation.privacy.subject import OWNER, Part, Subject
from moderation.privacy.traces import ROWS, Batch, Deleted, Trace, of_account, of_authors, of_members

TOMBSTONE_KEEPS = {
    "id": "the place of the tombstone in the history of others",
    "conversation_id": "the place of the tombstone in the history of others",
    "seq": "the place of the tombstone in the history of others",
    "rev": "lets devices learn that the text is gone",
    "sender_id": "which member row wrote it; its account is hollow",
    "is_anonymous": "was shown so",
    "hops": "was shown so",
    "type": "was shown so",
    "created_at": "the place of the tombstone in the history of others",
}
MESSAGE_SHOWN = (
    "id", "conversation_id", "seq", "is_anonymous", "type", "content", "payload", "attachment_id", "reply_to_seq",
    "state", "edited_at", "pinned_at", "created_at", "expires_at", "hops",
)  # fmt: skip
MESSAGE_HIDDEN = {
    "rev": "counts changes, of the server's",
    "sender_id": "the person's own member row",
    "mentions": "member ids of others",
    "has_reactions": "says that others reacted",
    "request_digest": "tells a repeated request from another one",
}


@dataclass(frozen=True, kw_only=True)
class Written(Trace):
    """Messages become tombstones, `ROWS` at a time, in the order of each conversation."""

    sealed: bool

    @property
    def emptied(self) -> frozenset[str]:
        return frozenset({
            "state", "content", "payload", "attachment_id", "reply_to_seq", "mentions", "edited_at", "pinned_at",
            "request_digest", "expires_at", "has_reactions",
        })  # fmt: skip

    def left(self, subject: Subject) -> QuerySet[Any]:
        return self.rows(subject).exclude(state=MessageState.ERASED)

    def erase(self, subject: Subject, batch: Batch) -> None:
        for member in subject.authors if self.sealed else subject.members:
            self._erase_of(member, batch)

    def _erase_of(self, member: UUID, batch: Batch) -> None:
        behind, reached = 0, 0

        def more() -> int:
            nonlocal reached
            erased = erase_written(member_id=member, sealed=self.sealed, after_seq=behind, most=ROWS)
            if erased is None:
                return 0
            reached = erased.last_seq
            return erased.rows

        while batch(more):
            behind = reached  # only now is it committed


@dataclass(frozen=True, kw_only=True)
class Reactions(Deleted):
    """Gone, a member at a time, since each takes a step of its conversation that others see."""

    def erase(self, subject: Subject, batch: Batch) -> None:
        for member in subject.members:
            while batch(partial(erase_reactions, member_id=member, most=ROWS)):
                pass


def _parts(subject: Subject) -> Q | None:
    """Rows that hang on messages of the subject."""
    found = [whose for whose in (_named_messages(subject), _sealed_messages(subject)) if whose is not None]
    if not found:
        return None
    messages = Message.objects.using(OWNER)
    return reduce(or_, (Q(message_id__in=messages.filter(whose).values("pk")) for whose in found))


def _named_messages(subject: Subject) -> Q | None:
    return Q(sender__in=subject.members, is_anonymous=False) if subject.members else None


def _uploads(subject: Subject) -> Q | None:
    """With the name only what was never sent: a file goes with its message, which may be an anonymous one."""
    if not subject.has_account:
        return None
    mine = Q(user=subject.user)
    return mine if subject.part is Part.WHOLE else mine & Q(message_id=None)


def _sealed_messages(subject: Subject) -> Q | None:
    if not subject.authors:
        return None
    sealed = MessageAuthor.objects.using(OWNER).filter(participant__in=subject.authors)
    return Q(pk__in=sealed.values("message_id"))


@dataclass(frozen=True, kw_only=True)
class Member(Trace):
    """Member rows leave their conversations, each in a transaction of its own, and keep no mark and no setting."""

    #: What a member row says of somebody who is nobody.
    nothing: Mapping[str, Any]

    @property
    def emptied(self) -> frozenset[str]:
        return frozenset({*self.nothing, "state"})

    def left(self, subject: Subject) -> QuerySet[Any]:
        is_gone = Q(state__in=(State.LEFT, State.REMOVED))
        unset = {f"{name}__isnull": True for name, value in self.nothing.items() if value is None}
        plain = {name: value for name, value in self.nothing.items() if value is not None}
        return self.rows(subject).exclude(is_gone, **unset, **plain)

    def erase(self, subject: Subject, batch: Batch) -> None:
        for member in list(self.left(subject).order_by("conversation").values_list("pk", flat=True)):
            batch(partial(self._erase_one, member))

    @staticmethod
    def _erase_one(member: UUID) -> int:
        erase_member(member_id=member)
        return 1


TRACES: tuple[Trace, ...] = (
    Member(
        model=Participant,
        whose=lambda subject: Q(pk__in=subject.members) if subject.members else None,
        nothing={
            "role": Role.MEMBER, "is_request": False, "is_told": True, "declined_at": None, "invited_by": None,
            "read_seq": 0, "read_at": None, "delivered_seq": 0, "delivered_at": None, "marked_unread_at": None,
            "muted_until": None, "pinned_at": None, "archived_at": None,
            "notification_level": NotificationLevel.ALL, "is_notified": False, "silenced_until": None, "me_rev": 0,
        },
        kept={
            "id": "tombstones and others' lists point at it",
            "conversation_id": "tombstones and others' lists point at it",
            "user_id": "the hollow account",
            "is_anonymous": "was shown so",
            "rev": "lets devices learn that the member has left",
            "created_at": "the order of members",
            "visible_from_seq": "the order of members",
        },
        shown=(
            "id", "conversation_id", "role", "state", "is_anonymous", "is_request", "declined_at", "created_at",
            "visible_from_seq", "read_seq", "read_at", "delivered_seq", "delivered_at", "marked_unread_at", "muted_until",
            "pinned_at", "archived_at", "notification_level", "silenced_until",
        ),
        hidden={
            "user_id": "the person",
            "rev": "counts changes, of the server's",
            "me_rev": "counts changes, of the server's",
            "is_notified": "work of the server's",
            "is_told": "says whom the person had blocked, which stands under blocks",
            "invited_by": "another member's deed",
        },
    ),
    Written(
        model=Message, whose=_named_messages, sealed=False,
        kept=TOMBSTONE_KEEPS, shown=MESSAGE_SHOWN, hidden=MESSAGE_HIDDEN,
    ),
    Written(
        model=Message, whose=_sealed_messages, sealed=True,
        kept=TOMBSTONE_KEEPS, shown=MESSAGE_SHOWN, hidden=MESSAGE_HIDDEN,
    ),
    Deleted(
        model=MessageAuthor,
        whose=of_authors("participant"),
        shown=("message_id", "client_id"),
        hidden={"participant_id": "the person's own member row"},
    ),
    Deleted(
        model=MessageRevision,
        whose=_parts,
        shown=("message_id", "number", "content", "payload", "written_at"),
    ),
    Reactions(
        model=Reaction,
        whose=of_members("participant"),
        shown=("message_id", "emoji", "created_at"),
        hidden={"participant_id": "the person's own member row"},
    ),
    Deleted(
        model=PersonalMark,
        whose=of_members("participant"),
        shown=("message_id", "seq", "starred_at", "removed_at"),
        hidden={"participant_id": "the person's own member row"},
    ),
    Deleted(
        model=DeliveryStatus,
        whose=of_members("participant"),
        shown=("message_id", "delivered_at", "read_at", "device_info"),
        hidden={"participant_id": "the person's own member row"},
    ),
    Deleted(
        model=Mention,
        whose=of_members("participant"),
        shown=("message_id", "seq"),
        hidden={"participant_id": "the person's own member row"},
    ),
    Deleted(
        model=SlowModeTurn,
        whose=of_members("participant"),
        shown=("sent_at",),
        hidden={"participant_id": "the person's own member row"},
    ),
    Deleted(
        model=Attachment,
        whose=_uploads,
        shown=("id", "message_id", "conversation_id", "created_at"),
        hidden={"user_id": "the person", "blob_id": "the stored file, which is given whole"},
    ),
    Deleted(
        model=DirectPair,
        whose=lambda subject: Q(low=subject.user) | Q(high=subject.user) if subject.has_account else None,
        hidden=dict.fromkeys(
            ("conversation_id", "low", "high", "anonymous"), "says who the other is, who may be anonymous"
        ),
    ),
    Deleted(
        model=PrayerPair,
        whose=of_account("responder_id"),
        shown=("conversation_id", "prayer_id"),
        hidden={"responder_id": "the person"},
    ),
    Deleted(
        model=QueuedMessage,
        whose=of_account("user"),
        shown=(
            "id", "device_id", "conversation_id", "client_id", "request", "scheduled_at", "state", "seq", "retry_count",
            "error_code", "next_attempt_at", "created_at", "finished_at",
        ),
        hidden={
            "user_id": "the person",
            "position": "a number of the server's",
            "digest": "tells a repeated request from another one",
            "lease": "work of the server's",
        },
    ),
    Deleted(
        model=PersonState,
        whose=of_account("user"),
        shown=(),
        hidden={"user_id": "the person", "me_rev": "counts changes, of the server's"},
    ),
)  # fmt: skip

IMPERSONAL = {
    "archived_month": "says of a month that it is in the archive, of nobody anything",
    "conversation": "shared by its members; title and description go with the last of them",
    "media_blob": "a file without a name, gone with the last message that carries it",
}
