"""Who types in a room: kept by every hub from the news, ended by each on its own clock."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING
from uuid import UUID

import redis

from messaging.events import TypingEvent, frame
from messaging.services.typing import TYPING_MS, typing_key
from prayermap.lib.valkey import async_client

from .rooms import Room

if TYPE_CHECKING:
    from .hub import Hub

#: A repeated start is passed on only when so little of the last one is left.
_REFRESH_BELOW_MS = TYPING_MS - 3_000


def take(hub: Hub, room: Room, event: TypingEvent) -> None:
    """A member started, goes on, or stopped."""
    known = room.typing.get(event.member)
    if event.until == 0:
        if known is not None:
            del room.typing[event.member]
            _tell(room, {known[1]})
        return
    user = UUID(event.user)
    room.typing[event.member] = (event.name, user, event.until)
    if known is None or known[2] - _now_ms() < _REFRESH_BELOW_MS:
        _tell(room, {user})
    delay = max(0, event.until - _now_ms()) / 1000 + 0.01
    asyncio.get_running_loop().call_later(delay, _expire, room)


def stop(hub: Hub, room: Room, member: str) -> None:
    """A send ended it: here, at the other processes (they see the send too), and in Valkey."""
    known = room.typing.pop(member, None)
    if known is not None:
        _tell(room, {known[1]})
        hub.run(_forget(room.id, member))


async def _forget(conversation: str, member: str) -> None:
    try:
        await async_client().zrem(typing_key(conversation), member)
    except redis.RedisError:
        return  # the key expires by itself


def _expire(room: Room) -> None:
    now = _now_ms()
    over = {member: user for member, (_, user, until) in room.typing.items() if until <= now}
    for member in over:
        del room.typing[member]
    if over:
        _tell(room, set(over.values()))


def _tell(room: Room, changed: set[UUID]) -> None:
    """The full list for each viewer of the change: without themselves, without people behind a block.

    Who can see none of those who changed is told nothing. Equal lists are encoded once.
    """
    texts: dict[frozenset[str], str] = {}
    for socket in room.sockets:
        if socket.is_quiet or changed <= socket.apart | {socket.user}:
            continue
        seen = frozenset(
            member
            for member, (_, user, _) in room.typing.items()
            if user != socket.user and user not in socket.apart
        )
        if seen not in texts:
            members = [{"id": member, "name": room.typing[member][0]} for member in sorted(seen)]
            ttl = max((room.typing[member][2] - _now_ms() for member in seen), default=0)
            data = {"conversation": room.id, "members": members, "ttl_ms": max(0, ttl)}
            texts[seen] = frame("typing", data)
        socket.push(texts[seen])


def _now_ms() -> int:
    return int(time.time() * 1000)
