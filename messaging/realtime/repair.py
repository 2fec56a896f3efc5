"""What the hub reads from PostgreSQL when news was late, lost or only a hint."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from accounts.queries import live_sessions
from messaging.enums import Kind
from messaging.events import RoomEvent, frame, message_event, without_personal_parts
from prayermap.lib.errors import ApiError

from .database import in_database
from .memberships import Missed, read_blocks, read_conversation, read_memberships, read_missed
from .rooms import OrderedEvent, Room

if TYPE_CHECKING:
    from .hub import Hub

logger = logging.getLogger(__name__)
_PAGE = 100


async def fill(hub: Hub, room: Room) -> None:
    """Read the missing revs of a room and send them, in order, before what was held."""
    while room.has_gap and room.sockets and room.rev is not None:
        reader = room.reader
        try:
            found = await in_database(read_missed, reader, room.id, room.rev, _PAGE)
        except ApiError:  # the reader has just gone; somebody else reads, or nobody is left
            room.drop_user(reader)
            continue
        _send(hub, room, found)
        if found.changes.complete:
            return


async def resynchronise(hub: Hub) -> None:
    """After silence on the layer: end what was revoked, correct memberships, tell what every room missed."""
    await end_revoked(hub)
    for user in list(hub.sockets):
        await refresh_user(hub, user)
    for room in list(hub.rooms.values()):
        await _catch_up(hub, room)


async def end_revoked(hub: Hub) -> None:
    """Close the sockets of sessions that are no longer live: one statement for all of them."""
    sockets = [socket for mine in hub.sockets.values() for socket in mine]
    live = await in_database(live_sessions, [socket.session for socket in sockets]) if sockets else set()
    for socket in sockets:
        if socket.session not in live:
            hub.end(socket)


async def refresh_user(hub: Hub, user: UUID) -> None:
    """All active memberships of a connected person, as they are now."""
    memberships = {item.conversation: item for item in await in_database(read_memberships, user)}
    for room in [room for room in hub.rooms.values() if user in room.members]:
        if room.id not in memberships:
            _remove(hub, room, user)
    for item in memberships.values():
        for socket in hub.sockets.get(user, ()):
            hub.enter(socket, *item)


async def show_conversation(hub: Hub, user: UUID, conversation: str) -> None:
    """A conversation became, or changed as, one of a connected person's: enter first, then read what they see.

    Whatever was written before they entered lies below the `rev` they are shown, so a client knows to fetch it.
    """
    found = await in_database(read_memberships, user, conversation)
    for socket in hub.sockets.get(user, ()):
        for membership in found:
            hub.enter(socket, *membership)
    shown = await in_database(read_conversation, user, conversation)
    if shown is not None:
        text = frame("conversation.updated", {"conversation": shown})
        for socket in hub.sockets.get(user, ()):
            socket.push(text)
        if shown.kind == Kind.DIRECT_MESSAGE.value:
            hub.presence.look(user)


async def refresh_blocks(hub: Hub, user: UUID) -> None:
    if user in hub.sockets:
        blocks = await in_database(read_blocks, user)
        for socket in hub.sockets.get(user, ()):
            socket.apart, socket.hidden = blocks
    hub.presence.look(user)


async def _catch_up(hub: Hub, room: Room) -> None:
    if not room.members or room.rev is None:
        return
    try:
        found = await in_database(read_missed, room.reader, room.id, room.rev, _PAGE)
    except ApiError:
        return
    _send(hub, room, found)


def _send(hub: Hub, room: Room, found: Missed) -> None:
    """Messages between the room's rev and the page's last one, each rev that still shows; then what was held."""
    for event in _events(room, found):
        if event.rev is None or room.rev is None or event.rev > room.rev:
            hub.fan_out(room, event)
    hub.send_all(room, room.skip_to(found.changes.to_rev))


def _remove(hub: Hub, room: Room, user: UUID) -> None:
    room.drop_user(user)
    text = frame("conversation.removed", {"id": room.id, "reason": "removed"})
    for socket in hub.sockets.get(user, ()):
        socket.push(text)


def _events(room: Room, found: Missed) -> list[OrderedEvent]:
    """Frames for what was missed, in the order of `rev`.

    What a rev brought is no longer known once something changed again; its present state serves. Members and
    settings carry the page's last rev, so they come after its messages.
    """
    changes = found.changes
    events: list[OrderedEvent] = [*_message_events(room, found)]
    events += [
        RoomEvent(
            room.id,
            None,
            frame("member.updated", {"conversation": room.id, "member": member, "rev": changes.to_rev}),
        )
        for member in changes.members
    ]
    if changes.conversation is not None:
        shared = without_personal_parts(changes.conversation)
        events.append(RoomEvent(room.id, None, frame("conversation.updated", {"conversation": shared})))
    return events


def _message_events(room: Room, found: Missed) -> Iterator[RoomEvent]:
    """`message.new` where nobody here was told of it, so that these come in the order of `seq`; else `message.updated`.

    One that was changed after a later one had been written is told by its change.
    """
    newest = room.seq
    for told in found.messages:
        message = told.message
        is_new = message.seq > newest and message.state == "live"
        newest = max(newest, message.seq)
        yield message_event(
            message,
            type_="message.new" if is_new else "message.updated",
            author=told.author,
            without=told.removed_by,
            quoted_sender=told.quoted_sender,
        )
