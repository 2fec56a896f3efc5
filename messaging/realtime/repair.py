"""What the hub reads from PostgreSQL when news was late, lost or only a hint."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from accounts.queries import live_sessions
from messaging.events import RoomEvent, frame, message_event, without_personal_parts
from messaging.schemas.catchup import Changes
from messaging.schemas.messages import RemovedMessage
from prayermap.lib.errors import ApiError

from .database import in_database
from .memberships import read_blocks, read_changes, read_conversation, read_memberships
from .rooms import OrderedEvent, Room

if TYPE_CHECKING:
    from .hub import Hub

logger = logging.getLogger(__name__)
_PAGE = 100


async def fill(hub: Hub, room: Room) -> None:
    """Read the missing revs of a room and send them, in order, before what was held."""
    while room.has_gap and room.sockets and room.rev is not None:
        reader = next(iter(room.members))
        try:
            found = await in_database(read_changes, reader, room.id, room.rev, _PAGE)
        except ApiError:  # the reader has just gone; somebody else reads, or nobody is left
            room.drop_user(reader)
            continue
        _send(hub, room, found, reader)
        if found.complete:
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
            hub.enter(socket, item.conversation, item.member, item.rev)


async def show_conversation(hub: Hub, user: UUID, conversation: str) -> None:
    """A conversation became, or changed as, one of a connected person's: enter first, then read what they see.

    Whatever was written before they entered lies below the `rev` they are shown, so a client knows to fetch it.
    """
    found = await in_database(read_memberships, user, conversation)
    for socket in hub.sockets.get(user, ()):
        for membership in found:
            hub.enter(socket, conversation, membership.member, membership.rev)
    shown = await in_database(read_conversation, user, conversation)
    if shown is not None:
        text = frame("conversation.updated", {"conversation": shown})
        for socket in hub.sockets.get(user, ()):
            socket.push(text)


async def refresh_blocks(hub: Hub, user: UUID) -> None:
    if user in hub.sockets:
        blocks = await in_database(read_blocks, user)
        for socket in hub.sockets.get(user, ()):
            socket.apart, socket.hidden = blocks


async def _catch_up(hub: Hub, room: Room) -> None:
    if not room.members or room.rev is None:
        return
    reader = next(iter(room.members))
    try:
        found = await in_database(read_changes, reader, room.id, room.rev, _PAGE)
    except ApiError:
        return
    _send(hub, room, found, reader)


def _send(hub: Hub, room: Room, found: Changes, reader: UUID) -> None:
    """Messages between the room's rev and the page's last one, each rev that still shows; then what was held."""
    for event in _events(room, found, reader):
        if event.rev is None or room.rev is None or event.rev > room.rev:
            hub.fan_out(room, event)
    hub.send_all(room, room.skip_to(found.to_rev))


def _remove(hub: Hub, room: Room, user: UUID) -> None:
    room.drop_user(user)
    text = frame("conversation.removed", {"id": room.id, "reason": "removed"})
    for socket in hub.sockets.get(user, ()):
        socket.push(text)


def _events(room: Room, found: Changes, reader: UUID) -> list[OrderedEvent]:
    """Frames for what was missed, in the order of `rev`.

    What a rev brought is no longer known once something changed again; its present state serves. Members and
    settings carry the page's last rev, so they come after its messages.
    """
    events: list[OrderedEvent] = []
    for message in found.messages:
        if isinstance(message, RemovedMessage):
            continue  # a block of the reader's own; who else missed it finds the hole
        type_ = "message.updated" if message.is_edited or message.state != "live" else "message.new"
        author = room.user_of(str(message.sender)) if message.sender else None
        if message.is_mine:  # an anonymous one tells only its author
            author = reader
        events.append(message_event(message, type_=type_, author=author))
    events += [
        RoomEvent(
            room.id,
            None,
            frame("member.updated", {"conversation": room.id, "member": member, "rev": found.to_rev}),
        )
        for member in found.members
    ]
    if found.conversation is not None:
        shared = without_personal_parts(found.conversation)
        events.append(RoomEvent(room.id, None, frame("conversation.updated", {"conversation": shared})))
    return events
