"""A message as clients see it and as they send it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from prayermap.lib.http.documentation import stand_ins
from prayermap.lib.http.reading import WithMessageId

TypeName = Literal[
    "text", "audio", "video", "image", "prayer_card", "location", "prayer_update", "bible_verse"
]
StateName = Literal["live", "deleted", "hidden", "erased", "removed"]
Seq = Annotated[int, Meta(ge=1, le=2**62)]


class Quote(msgspec.Struct):
    """The message that one answers, resolved when read; `preview` is null once it is deleted."""

    seq: int
    sender_name: str
    preview: str | None


class Reaction(msgspec.Struct):
    """One emoji and how many chose it. `mine` is left out in frames, which are the same for everybody."""

    emoji: str
    count: int
    mine: bool | UnsetType = UNSET


class Attachment(msgspec.Struct):
    """The file of one message. `url` and `thumbnail_url` are links for whoever may see the message."""

    id: UUID
    content_type: str
    size: int
    width: int | None
    height: int | None
    duration_ms: int | None
    url: str
    thumbnail_url: str | None


class UploadedAttachment(Attachment, kw_only=True):
    """The answer to an upload; `duplicate` is there, and true, where this very request had been answered before."""

    duplicate: bool | UnsetType = UNSET


class Upload(msgspec.Struct):
    """A form (multipart/form-data). What the file is, its content decides; its name is forgotten."""

    file: Annotated[str, Meta(extra_json_schema={"contentMediaType": "application/octet-stream"})]
    client_id: UUID | None = None


class Message(msgspec.Struct, kw_only=True):
    """A message. In frames `is_starred` is left out: clients keep their own. `expires_at` is there where it disappears."""

    id: UUID
    conversation: UUID
    seq: int
    rev: int
    sender: UUID | None
    sender_name: str
    is_mine: bool
    is_anonymous: bool
    type: TypeName
    content: str | None
    attachment: Attachment | None
    payload: dict[str, Any] | None
    reply_to: Quote | None
    mentions: list[UUID]
    reactions: list[Reaction]
    is_edited: bool
    edited_at: datetime | None
    state: StateName
    is_starred: bool | UnsetType = UNSET
    is_pinned: bool
    created_at: datetime
    expires_at: datetime | UnsetType = UNSET


class RemovedMessage(msgspec.Struct):
    """What stands in the place of a message that is not shown to this person. `duplicate`: in answer to its replay."""

    seq: int
    state: StateName = "removed"
    duplicate: bool | UnsetType = UNSET


class SentMessage(Message, kw_only=True):
    """The answer to a send: the message, and whether this very request had been answered before."""

    duplicate: bool


#: In one's history, and in answer to a replay, stands what one has deleted for oneself or doesn't see.
stand_ins.update({Message: RemovedMessage, SentMessage: RemovedMessage})


class Fragment(msgspec.Struct):
    """A piece of the content as plain text. `ranges`: what matched in it, as [start, end) in code points."""

    text: str
    ranges: list[tuple[int, int]]


class FoundMessage(Message, kw_only=True):
    """A message that a search has found, and where."""

    fragments: list[Fragment]


class FoundPage(msgspec.Struct):
    """Best first. `next` goes on; there is no way back."""

    results: list[FoundMessage]
    next: str | None
    previous: str | None


class MessagePage(msgspec.Struct):
    """Messages by `seq`; `next` goes on in the direction of the request, `previous` goes back."""

    results: list[Message]
    next: str | None
    previous: str | None


class SendMessage(WithMessageId, forbid_unknown_fields=True):
    """A message to send.

    `client_id` is a UUIDv7 made when the text was written (at most 30 days ago, 5 minutes ahead); a repetition
    with the same one is answered with the first result, for ever.
    """

    type: TypeName
    client_id: UUID | None = None
    content: Annotated[str, Meta(max_length=10_000)] | None = None
    attachment: UUID | None = None
    payload: dict[str, Any] | None = None
    reply_to: Seq | None = None
    mentions: Annotated[list[UUID], Meta(max_length=100)] = []
    is_anonymous: bool = False


class PrayerUpdate(WithMessageId, forbid_unknown_fields=True):
    """News of the conversation's prayer, from its author; a message of type `prayer_update`, `client_id` and all."""

    content: Annotated[str, Meta(max_length=10_000)]
    is_answered: bool
    client_id: UUID | None = None


class EditMessage(msgspec.Struct, forbid_unknown_fields=True):
    """A new content, a new payload, or both; what is left out stays. null takes an optional one away."""

    content: Annotated[str, Meta(max_length=10_000)] | UnsetType | None = UNSET
    payload: dict[str, Any] | UnsetType | None = UNSET


class Revision(msgspec.Struct):
    """What a message said before an edit; `written_at`: since when."""

    content: str | None
    payload: dict[str, Any] | None
    written_at: datetime


class RevisionPage(msgspec.Struct):
    """Earlier texts of one message, oldest first: 100 at most, so all of them."""

    results: list[Revision]
    next: str | None
    previous: str | None


class Thread(msgspec.Struct):
    """A message, and a page of its answers."""

    root: Message
    results: list[Message]
    next: str | None
    previous: str | None


class Delivery(msgspec.Struct):
    """When a message reached a member and was read; null: not yet, or they don't share it."""

    member: UUID
    name: str
    delivered_at: datetime | None
    read_at: datetime | None


class DeliveryPage(msgspec.Struct):
    results: list[Delivery]
    next: str | None
    previous: str | None


class Forward(msgspec.Struct, forbid_unknown_fields=True):
    """Where a message is to go. A `client_id` is remembered for 30 days."""

    to: Annotated[list[UUID], Meta(min_length=1, max_length=5)]
    client_id: UUID | None = None


class Forwarded(msgspec.Struct):
    """The new messages, in the order of `to`."""

    results: list[SentMessage]
    duplicate: bool


class LocationPayload(msgspec.Struct, forbid_unknown_fields=True):
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    label: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class PrayerCardPayload(msgspec.Struct, forbid_unknown_fields=True):
    prayer: UUID


class PrayerUpdatePayload(msgspec.Struct, forbid_unknown_fields=True):
    is_answered: bool


class BibleVersePayload(msgspec.Struct, forbid_unknown_fields=True):
    reference: Annotated[str, Meta(min_length=1, max_length=200)]
    translation: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class MarkReceipts(msgspec.Struct, forbid_unknown_fields=True):
    """Everything up to these numbers has reached this device, or was read. `read` implies `delivered`."""

    delivered: Annotated[int, Meta(ge=0, le=2**62)] | None = None
    read: Annotated[int, Meta(ge=0, le=2**62)] | None = None


class Marks(msgspec.Struct):
    """One's own marks after the request."""

    delivered_seq: int
    read_seq: int


class SetTyping(msgspec.Struct, forbid_unknown_fields=True):
    is_typing: bool


class TypingMember(msgspec.Struct):
    id: UUID
    name: str
    expires_at: datetime


class TypingList(msgspec.Struct):
    members: list[TypingMember]
