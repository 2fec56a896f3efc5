"""Notes of who is here, in Valkey: a hash for each person, in it a field for each process that has a socket of theirs.

presence:{user}   {process}: "online|<Unix ms until which it holds>", seen: <Unix ms>
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.conf import settings
from msgspec import UNSET, UnsetType

from prayermap.lib.valkey import async_client

#: When somebody was last seen is known for so long.
_KEPT_S = 30 * 24 * 3_600
#: More fields than this are leftovers of processes that have died.
_MANY_FIELDS = 16
_SEEN = b"seen"


StateName = Literal["online", "away", "offline"]


class Note(NamedTuple):
    """`last_seen`: Unix seconds, to the minute, of who is offline. `at`: Valkey's clock, which orders notes."""

    state: StateName
    last_seen: int | None
    at: int

    def says(self, other: Note) -> bool:
        """The same as the other."""
        return self[:2] == other[:2]

    @property
    def last_seen_at(self) -> datetime | UnsetType:
        return UNSET if self.last_seen is None else datetime.fromtimestamp(self.last_seen, UTC)


class Notes:
    """This process's, under its own name, and what all of them say together."""

    def __init__(self, process: str) -> None:
        self._process = process.encode()
        self._noted: set[UUID] = set()

    async def write(self, states: Mapping[UUID, str | None]) -> dict[UUID, Note]:
        """Note `online` or `away`; None: not here any more; empty: forget all about the person. What holds then."""
        if not states:
            return {}
        pipe: Any = async_client().pipeline(transaction=True)
        for user, state in states.items():
            key = _key(user)
            if state == "":
                pipe.delete(key)
            elif state is not None:
                pipe.hset(key, self._process, _field(state))
                pipe.expire(key, _KEPT_S)
            elif user in self._noted:
                pipe.hdel(key, self._process)
                pipe.hset(key, _SEEN, str(_now_ms()))
        self._noted -= states.keys()
        self._noted |= {user for user, state in states.items() if state}
        await pipe.execute()
        found = await self.read(states)
        at = max((note.at for note in found.values()), default=_now_ms() * 1000)
        return {user: found.get(user, Note("offline", None, at)) for user in states}

    async def prolong(self, states: Mapping[UUID, str]) -> None:
        pipe: Any = async_client().pipeline(transaction=False)
        for user, state in states.items():
            pipe.hset(_key(user), self._process, _field(state))
        if states:
            await pipe.execute()

    async def read(self, people: Iterable[UUID]) -> dict[UUID, Note]:
        """Of whom there is something to say."""
        wanted = list(people)
        if not wanted:
            return {}
        pipe: Any = async_client().pipeline(transaction=True)
        pipe.time()
        for user in wanted:
            pipe.hgetall(_key(user))
        (seconds, microseconds), *hashes = await pipe.execute()
        at = seconds * 1_000_000 + microseconds
        notes = {user: _note(fields, at) for user, fields in zip(wanted, hashes, strict=True) if fields}
        await _tidy(dict(zip(wanted, hashes, strict=True)), at // 1000)
        return notes


def _key(user: UUID) -> str:
    return f"presence:{user}"


def _field(state: str) -> str:
    return f"{state}|{_now_ms() + _holds_ms()}"


def _holds_ms() -> int:
    """A process that is silent for so long has died; it repeats its notes three times within that."""
    return int(settings.HEARTBEAT_SECONDS * 1_500)


def _now_ms() -> int:
    return int(time.time() * 1000)


def _note(fields: dict[bytes, bytes], at: int) -> Note:
    states, seen = set(), int(fields.get(_SEEN, 0))
    for name, value in fields.items():
        if name != _SEEN:
            state, _, until = value.partition(b"|")
            if int(until) * 1000 > at:
                states.add(state)
            else:
                seen = max(seen, int(until) - _holds_ms())
    if states:
        return Note("online" if b"online" in states else "away", None, at)
    return Note("offline", seen // 60_000 * 60 if seen else None, at)


async def _tidy(hashes: dict[UUID, dict[bytes, bytes]], now_ms: int) -> None:
    """Fields of processes that died, once there are many; when the person was seen is kept."""
    pipe: Any = async_client().pipeline(transaction=False)
    for user, fields in hashes.items():
        if len(fields) > _MANY_FIELDS:
            over = [
                name
                for name, value in fields.items()
                if name != _SEEN and int(value.partition(b"|")[2]) < now_ms
            ]
            seen = max([int(fields.get(_SEEN, 0)), *(int(fields[name].partition(b"|")[2]) for name in over)])
            if over:
                pipe.hdel(_key(user), *over)
                pipe.hset(_key(user), _SEEN, str(seen - _holds_ms()))
    if len(pipe):
        await pipe.execute()
