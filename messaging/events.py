"""News of conversations: what the hubs of all server processes are told after a commit.

A frame is encoded once for everybody (and once more for its author's own devices, where `is_mine` differs).
The structs travel between our own processes only; clients never see them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET

from messaging.schemas.conversations import Conversation, Member
from messaging.schemas.messages import Attachment, Message
from prayermap.lib.news import publish_on_commit

_encode = msgspec.json.Encoder().encode
_NOT_MINE, _MINE = '"is_mine":false', '"is_mine":true'


class RoomEvent(msgspec.Struct, frozen=True):
    """One frame for the active members of a conversation.

    `rev` is the step that the frame shows (None: no durable change, in no order). `own` goes to the devices of
    `author` instead of `frame`; the socket `skip` has its answer already.
    """

    conversation: str
    rev: int | None
    frame: str
    own: str | None = None
    author: str = ""
    skip: str = ""
    #: The member who wrote it (empty: an anonymous message), for those who don't read them.
    sender: str = ""
    #: The message it is about (0: none). Who came later is not told of it.
    seq: int = 0
    #: It has just been written: that ends its sender's typing.
    is_new: bool = False
    #: People who have deleted it for themselves.
    without: list[str] = []
    #: What it quotes (0: nothing) and by which member; `unquoted` is for those who don't see that.
    quoted: int = 0
    quoted_sender: str = ""
    unquoted: str = ""
    #: Names what the frame is the whole state of: a later one of the conversation with the same name replaces it.
    replaces: str = ""


class MemberEvent(msgspec.Struct, frozen=True):
    """A member entered or left: hubs read the membership anew before they pass on `frame`."""

    conversation: str
    rev: int
    frame: str
    member: str
    user: str = ""
    reason: str = ""


class PersonEvent(msgspec.Struct, frozen=True):
    """One frame for all devices of a person; `replaces` as in RoomEvent."""

    user: str
    frame: str
    skip: str = ""
    replaces: str = ""


class LookEvent(msgspec.Struct, frozen=True):
    """A person's conversations have a new or changed one: their hubs read it as that person and show it."""

    user: str
    conversation: str


class TypingEvent(msgspec.Struct, frozen=True):
    """A named member started (`until` in Unix milliseconds) or stopped (0) typing."""

    conversation: str
    member: str
    name: str
    user: str
    until: int


class PresenceEvent(msgspec.Struct, frozen=True):
    """A person came, went or is away. `last_seen` in Unix seconds; `at` orders events; `circle`: who may know."""

    user: str
    state: Literal["online", "away", "offline"]
    last_seen: int | None
    at: int
    circle: list[str]


class PresenceLook(msgspec.Struct, frozen=True):
    """Whom this person may see, or who may see them, has changed."""

    user: str


ROOM, MEMBER, PERSON = "messaging.room", "messaging.member", "messaging.person"
LOOK, TYPING = "messaging.look", "messaging.typing"
PRESENCE, PRESENCE_LOOK = "messaging.presence", "messaging.presence.look"


def frame(type_: str, data: Any) -> str:
    """A server frame as it goes over the wire."""
    return _encode({"type": type_, "data": data}).decode()


def message_event(
    message: Message,
    *,
    type_: str,
    author: UUID | None,
    skip: str = "",
    without: Iterable[UUID] = (),
    quoted_sender: UUID | None = None,
) -> RoomEvent:
    """`message.new` or `message.updated`: the same text for everybody, and one for the author's devices."""
    neutral = for_everybody(message)
    conversation = str(message.conversation)

    def text(shown: Message) -> str:
        return frame(type_, {"conversation": conversation, "message": shown})

    everybodys = text(neutral)
    quoted = neutral.reply_to.seq if neutral.reply_to else 0
    return RoomEvent(
        conversation=conversation,
        rev=message.rev,
        frame=everybodys,
        # Encoding a message takes longer than all else here. The first such key is the message's own: before it stand
        # ids, numbers and a name, in which a quotation mark is escaped.
        own=everybodys.replace(_NOT_MINE, _MINE, 1),
        author=str(author) if author else "",
        skip=skip,
        sender=str(message.sender or ""),
        seq=message.seq,
        is_new=type_ == "message.new",
        without=[str(person) for person in without],
        quoted=quoted,
        quoted_sender=str(quoted_sender or ""),
        unquoted=text(msgspec.structs.replace(neutral, reply_to=None)) if quoted else "",
        replaces=f"message/{message.seq}" if type_ == "message.updated" else "",
    )


def for_everybody(message: Message) -> Message:
    """What is the same for everybody: `is_mine` is set anew, stars and one's own reactions clients keep themselves.

    A file has addresses that open for whoever signs the request; a link of one's own is in REST's answers.
    """
    return msgspec.structs.replace(
        message,
        is_mine=False,
        is_starred=UNSET,
        reactions=[msgspec.structs.replace(reaction, mine=UNSET) for reaction in message.reactions],
        attachment=_without_link(message.attachment) if message.attachment else None,
    )


def _without_link(attachment: Attachment) -> Attachment:
    thumbnail = attachment.thumbnail_url
    return msgspec.structs.replace(
        attachment,
        url=attachment.url.partition("?")[0],
        thumbnail_url=thumbnail.partition("?")[0] if thumbnail else None,
    )


def publish_message(message: Message, *, type_: str, author: UUID | None) -> None:
    publish_on_commit(ROOM, message_event(message, type_=type_, author=author))


def publish_member(
    conversation: UUID, member: Member, *, rev: int, reason: str = "", user: UUID | None = None
) -> None:
    """`member.updated`; `reason` is what a person who goes is told in `conversation.removed`.

    `user` is who stands behind the member, where the caller knows it of an anonymous one.
    """
    data = {"conversation": conversation, "member": member, "rev": rev}
    publish_on_commit(
        MEMBER,
        MemberEvent(
            conversation=str(conversation),
            rev=rev,
            frame=frame("member.updated", data),
            member=str(member.id),
            user=str(member.user or user or ""),
            reason=reason,
        ),
    )


def renamed_event(conversation: UUID, member: Member, *, rev: int) -> RoomEvent:
    """`member.updated` of one who stays and has another name: no hub needs to read a membership anew for it."""
    data = {"conversation": conversation, "member": member, "rev": rev}
    return RoomEvent(
        conversation=str(conversation),
        rev=rev,
        frame=frame("member.updated", data),
        replaces=f"member/{member.id}",
    )


def publish_settings(conversation: Conversation) -> None:
    """`conversation.updated` for everybody inside."""
    shared = without_personal_parts(conversation)
    event = RoomEvent(
        conversation=str(conversation.id),
        rev=conversation.rev,
        frame=frame("conversation.updated", {"conversation": shared}),
    )
    publish_on_commit(ROOM, event)


def without_personal_parts(conversation: Conversation) -> Conversation:
    """What is the same for everybody; clients keep their own counts and marks."""
    return msgspec.structs.replace(conversation, unread_count=UNSET, mention_count=UNSET, my_member=UNSET)


def publish_look(user: UUID, conversation: UUID) -> None:
    """`conversation.updated` for the devices of a person other than the one who acts, or before they are in."""
    publish_on_commit(LOOK, LookEvent(user=str(user), conversation=str(conversation)))


def publish_to_person(user: UUID, type_: str, data: Any, *, skip: str = "") -> None:
    publish_on_commit(PERSON, PersonEvent(user=str(user), frame=frame(type_, data), skip=skip))


def publish_presence_look(user: UUID) -> None:
    publish_on_commit(PRESENCE_LOOK, PresenceLook(str(user)))


def receipt_frame(conversation: str, member: UUID, delivered_seq: int, read_seq: int, at: datetime) -> str:
    data = {
        "conversation": conversation,
        "member": member,
        "delivered_seq": delivered_seq,
        "read_seq": read_seq,
        "at": at,
    }
    return frame("receipt", data)
