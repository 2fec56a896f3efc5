"""Receipts of large groups: gathered for a second, then told once, each member's newest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from messaging.events import RoomEvent

from .rooms import Room
from .sockets import Socket

#: In groups of up to so many active members each mark is told as it comes.
ONE_BY_ONE_UP_TO = 50
GATHER_S = 1.0


def is_gathered(room: Room, event: RoomEvent) -> bool:
    return room.active_count > ONE_BY_ONE_UP_TO and event.replaces.startswith("receipt/")


def gather(room: Room, event: RoomEvent, own: Iterable[Socket]) -> None:
    """The author's own devices, `own`, hear at once, the others within a second.

    A room of 100 may hear of 400 marks a second: looking through all its sockets for each took a sixth of the server's time.
    """
    for socket in own:
        if socket in room.sockets and socket.id != event.skip:
            socket.push(event.frame, event)
    if not room.receipts:
        asyncio.get_running_loop().call_later(GATHER_S, _tell, room)
    room.receipts[event.replaces] = event


def _tell(room: Room) -> None:
    events, room.receipts = list(room.receipts.values()), {}
    shared = _text([event.frame for event in events])
    authors = {event.author for event in events}
    for socket in room.sockets:
        user = socket.user_text
        others = events if user not in authors else [event for event in events if event.author != user]
        if socket.is_quiet:
            for event in others:
                socket.push(event.frame, event)
        elif others is events:
            socket.push(shared)
        elif others:
            socket.push(_text([event.frame for event in others]))


def _text(frames: list[str]) -> str:
    """The frame, or a `batch` of several."""
    return frames[0] if len(frames) == 1 else '{"type":"batch","data":{"frames":[' + ",".join(frames) + "]}}"
