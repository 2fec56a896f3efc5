"""What each client frame does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import redis

from messaging.queries import catchup, returning
from messaging.rules import check_message
from messaging.schemas import frames
from messaging.services.deleting import delete_for_all, delete_for_me
from messaging.services.editing import edit_message
from messaging.services.quota import take_change, take_message, take_watch
from messaging.services.reacting import set_reaction
from messaging.services.receipts import check_marks
from messaging.services.typing import set_typing
from prayermap.lib import pipelines
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import NotAuthenticated, Unavailable, invalid
from prayermap.lib.times import utc_now
from prayers.places import box_of

from .answers import answer_ok
from .database import in_database
from .sockets import Socket, heartbeat_of

if TYPE_CHECKING:
    from .service import Realtime

Ref = str | int | None


def send(realtime: Realtime, socket: Socket, ref: Ref, data: frames.MessageSend) -> None:
    body = data.body()
    check_message(body)
    take_message(socket.user)
    realtime.writers.send(socket, ref, data.conversation, body)


async def edit(realtime: Realtime, socket: Socket, ref: Ref, data: frames.MessageEdit) -> None:
    take_change(socket.user)
    answer_ok(socket, ref, await in_database(_edit, socket.user, data))


async def delete(realtime: Realtime, socket: Socket, ref: Ref, data: frames.MessageDelete) -> None:
    answer_ok(socket, ref, await in_database(_delete, socket.user, data))


async def react(realtime: Realtime, socket: Socket, ref: Ref, data: frames.ReactionSet) -> None:
    take_change(socket.user)
    await in_database(_react, socket.user, data)
    answer_ok(socket, ref)


def receipt(realtime: Realtime, socket: Socket, ref: Ref, data: frames.ReceiptFrame) -> None:
    check_marks(data)
    realtime.writers.mark(socket, ref, data.conversation, data)


async def typing(realtime: Realtime, socket: Socket, ref: Ref, data: frames.TypingFrame) -> None:
    await in_database(_set_typing, socket.user, data)
    answer_ok(socket, ref)


async def sync(realtime: Realtime, socket: Socket, ref: Ref, data: frames.SyncFrame) -> None:
    answer_ok(socket, ref, await returning.sync(pipelines.running(), socket.user, data, utc_now()))


async def changes(realtime: Realtime, socket: Socket, ref: Ref, data: frames.ChangesFrame) -> None:
    found = await returning.changes(
        pipelines.running(), socket.user, data.conversation, data.after_rev, data.limit
    )
    answer_ok(socket, ref, found or await in_database(_changes, socket.user, data))


def map_watch(realtime: Realtime, socket: Socket, ref: Ref, data: frames.MapWatch) -> None:
    """From the `ok` on nothing in the box is left out: what is read after it and what is told then are everything."""
    take_watch(socket.user)
    try:
        box = None if data.bbox is None else box_of(data.bbox)
    except ValueError as error:
        raise invalid(bbox=str(error)) from None
    realtime.hub.living_map.watch(socket, box)
    answer_ok(socket, ref)


def client_state(realtime: Realtime, socket: Socket, ref: Ref, data: frames.ClientState) -> None:
    answer_ok(socket, ref, {"heartbeat_s": heartbeat_of(data)})
    socket.set_state(data)
    realtime.hub.activity.changed(socket.user)
    realtime.hub.presence.moved(socket)


async def auth_refresh(realtime: Realtime, socket: Socket, ref: Ref, data: frames.AuthRefresh) -> None:
    """A ticket of the same person and session: nobody else's takes the socket over."""
    try:
        person = await realtime.person_of_ticket(data.ticket)
    except redis.RedisError:
        raise Unavailable from None
    if person is None or (person.user, person.session) != (socket.user, socket.session):
        raise NotAuthenticated("The ticket is not of this session, was used, or is too old.")
    realtime.extend(socket)
    answer_ok(socket, ref, {"expires_at": datetime.fromtimestamp(socket.expires_at, UTC)})


def ping(realtime: Realtime, socket: Socket, ref: Ref, data: frames.Ping) -> None:
    body: dict[str, Any] = {"type": "pong", "data": {"server_time": utc_now()}}
    if ref is not None:
        body["ref"] = ref
    socket.push_now(msgspec.json.encode(body).decode())


Handler = Callable[["Realtime", Socket, Ref, Any], Awaitable[None] | None]

HANDLERS: dict[str, Handler] = {
    "message.send": send,
    "message.edit": edit,
    "message.delete": delete,
    "reaction.set": react,
    "receipt": receipt,
    "typing": typing,
    "sync": sync,
    "changes": changes,
    "map.watch": map_watch,
    "client.state": client_state,
    "auth.refresh": auth_refresh,
    "ping": ping,
}


def _edit(user_id: UUID, data: frames.MessageEdit) -> Any:
    with acting_as(user_id):
        return edit_message(conversation_id=data.conversation, seq=data.seq, body=data)


def _delete(user_id: UUID, data: frames.MessageDelete) -> Any:
    delete_ = delete_for_all if data.scope == "all" else delete_for_me
    with acting_as(user_id):
        return delete_(conversation_id=data.conversation, seq=data.seq)


def _react(user_id: UUID, data: frames.ReactionSet) -> None:
    with acting_as(user_id):
        set_reaction(conversation_id=data.conversation, seq=data.seq, emoji=data.emoji, is_on=data.on)


def _set_typing(user_id: UUID, data: frames.TypingFrame) -> None:
    with acting_as(user_id):
        set_typing(conversation_id=data.conversation, is_typing=data.is_typing)


def _changes(user_id: UUID, data: frames.ChangesFrame) -> Any:
    with acting_as(user_id):
        return catchup.changes(data.conversation, data.after_rev, data.limit)
