"""Frames of the socket `prayermap.v1`: what a client may send, and what the server sends."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from notifications.schemas.inbox import NotificationNews, NotificationsRead
from prayermap.lib.http.reading import WithMessageId
from prayers.map_schemas import BoxNumbers, MapNews

from .catchup import Rev, Sync
from .conversations import Conversation, Member
from .messages import EditMessage, MarkReceipts, Message, SendMessage, Seq, TypeName

#: Numbers that every JSON library gives back as it got them.
Ref = Annotated[str, Meta(max_length=64)] | Annotated[int, Meta(ge=-(2**53), le=2**53)]


class ClientFrame(msgspec.Struct, forbid_unknown_fields=True):
    """Every frame from a client. One with `ref` is answered by exactly one `ok` or `error` with that `ref`."""

    type: str
    ref: Ref | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


class MessageSend(WithMessageId, forbid_unknown_fields=True, kw_only=True):
    """`message.send`: a message and its conversation."""

    conversation: UUID
    type: TypeName
    client_id: UUID | None = None
    content: Annotated[str, Meta(max_length=10_000)] | None = None
    attachment: UUID | None = None
    payload: dict[str, Any] | None = None
    reply_to: Seq | None = None
    mentions: Annotated[list[UUID], Meta(max_length=100)] = []
    is_anonymous: bool = False

    def body(self) -> SendMessage:
        """The REST body that says the same, so that a replay may come by either way."""
        return SendMessage(
            self.type,
            self.client_id,
            self.content,
            self.attachment,
            self.payload,
            self.reply_to,
            self.mentions,
            self.is_anonymous,
        )


class MessageEdit(EditMessage, forbid_unknown_fields=True, kw_only=True):
    """`message.edit`: as REST edits one's own message."""

    conversation: UUID
    seq: Seq


class MessageDelete(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`message.delete`: one's own for all, or any for oneself."""

    conversation: UUID
    seq: Seq
    scope: Literal["all", "me"] = "all"


class ReactionSet(msgspec.Struct, forbid_unknown_fields=True):
    """`reaction.set`: one emoji on a message, or away again."""

    conversation: UUID
    seq: Seq
    emoji: Annotated[str, Meta(max_length=64)]
    on: bool


class ReceiptFrame(MarkReceipts, forbid_unknown_fields=True, kw_only=True):
    """`receipt`."""

    conversation: UUID


class TypingFrame(msgspec.Struct, forbid_unknown_fields=True):
    """`typing`."""

    conversation: UUID
    is_typing: bool


class SyncFrame(Sync, forbid_unknown_fields=True):
    """`sync`."""


class ChangesFrame(msgspec.Struct, forbid_unknown_fields=True):
    """`changes`."""

    conversation: UUID
    after_rev: Rev
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class MapWatch(msgspec.Struct, forbid_unknown_fields=True):
    """`map.watch`: be told what happens on the map within a box; without one: no more."""

    bbox: BoxNumbers | None = None


class ClientState(msgspec.Struct, forbid_unknown_fields=True):
    """`client.state`: in the background, or on a bad line, events come bundled every 10 s."""

    state: Literal["active", "inactive"] = "active"
    network: Literal["full", "low"] = "full"

    @property
    def is_quiet(self) -> bool:
        return self.state == "inactive" or self.network == "low"


class AuthRefresh(msgspec.Struct, forbid_unknown_fields=True):
    """`auth.refresh`: a fresh ticket of the same session extends the socket in place."""

    ticket: Annotated[str, Meta(max_length=200)]


class Ping(msgspec.Struct, forbid_unknown_fields=True):
    """`ping`."""


#: Client frames by type: the table of the contract, section 5.
CLIENT_FRAMES: dict[str, type[msgspec.Struct]] = {
    "message.send": MessageSend,
    "message.edit": MessageEdit,
    "message.delete": MessageDelete,
    "reaction.set": ReactionSet,
    "receipt": ReceiptFrame,
    "typing": TypingFrame,
    "sync": SyncFrame,
    "changes": ChangesFrame,
    "map.watch": MapWatch,
    "client.state": ClientState,
    "auth.refresh": AuthRefresh,
    "ping": Ping,
}


class Limits(msgspec.Struct):
    frame_bytes: int
    content_chars: int
    messages_per_minute: int


class Welcome(msgspec.Struct):
    session: UUID
    user: UUID
    server_time: datetime
    expires_at: datetime
    heartbeat_s: int
    unread_total: int
    limits: Limits
    features: list[str]


class MessageFrame(msgspec.Struct):
    conversation: UUID
    message: Message


class PersonalNews(msgspec.Struct):
    """On another device of one's own a message got a star, lost it, or was deleted for oneself."""

    conversation: UUID
    seq: int
    me_rev: int
    is_starred: bool | UnsetType = UNSET
    state: Literal["removed"] | UnsetType = UNSET


class ReceiptNews(msgspec.Struct):
    conversation: UUID
    member: UUID
    delivered_seq: int
    read_seq: int
    at: datetime


class Typist(msgspec.Struct):
    id: UUID
    name: str


class TypingNews(msgspec.Struct):
    conversation: UUID
    members: list[Typist]
    ttl_ms: int


class PresenceNews(msgspec.Struct):
    """Of people with whom one shares a direct conversation; `last_seen_at`, to the minute, of who is offline."""

    user: UUID
    state: Literal["online", "away", "offline"]
    last_seen_at: datetime | UnsetType = UNSET


class ConversationUpdated(msgspec.Struct):
    conversation: Conversation


class ConversationRemoved(msgspec.Struct):
    id: UUID
    reason: Literal["left", "removed", "declined"]


class MemberUpdated(msgspec.Struct):
    conversation: UUID
    member: Member
    rev: int


class Batch(msgspec.Struct):
    """Frames to be applied one by one. `revs`: conversations of which frames were left out, because later ones in this
    batch say all they said, and from which rev to which the batch is complete for them.
    """

    frames: list[dict[str, Any]]
    revs: dict[str, tuple[int, int]] | UnsetType = UNSET


class Expiring(msgspec.Struct):
    expires_at: datetime


class Bye(msgspec.Struct):
    code: int
    reason: str
    reconnect: bool
    retry_after_ms: int


class Pong(msgspec.Struct):
    server_time: datetime


class ErrorData(msgspec.Struct):
    code: str
    detail: str
    retry_after_ms: int | UnsetType = UNSET
    errors: dict[str, list[str]] | UnsetType = UNSET


#: Server frames by type. `ok` and `error` carry the `ref` of what they answer.
SERVER_FRAMES: dict[str, type[msgspec.Struct]] = {
    "welcome": Welcome,
    "message.new": MessageFrame,
    "message.updated": MessageFrame,
    "message.personal": PersonalNews,
    "receipt": ReceiptNews,
    "typing": TypingNews,
    "presence": PresenceNews,
    "conversation.updated": ConversationUpdated,
    "conversation.removed": ConversationRemoved,
    "member.updated": MemberUpdated,
    "notification.new": NotificationNews,
    "notification.read": NotificationsRead,
    "map.updated": MapNews,
    "batch": Batch,
    "auth.expiring": Expiring,
    "bye": Bye,
    "pong": Pong,
    "error": ErrorData,
}
