"""Functions of PostgreSQL called from the event loop, all that a request needs in one round trip.

Django's way takes a thread, a connection of its pool and a round trip for each of BEGIN, the role, every query and
COMMIT. Here they go out together (libpq's pipeline mode), which PostgreSQL runs as one transaction. For reads only: what
was lost with its connection is asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.db import connections
from psycopg.pq import TransactionStatus
from psycopg.rows import namedtuple_row

from prayermap.lib import lifecycle
from prayermap.lib.acting import MEMBER_ROLE
from prayermap.lib.errors import Unavailable

#: Of a process; each is held for a millisecond or two at a time.
CONNECTIONS = 4
#: Requests that may wait for one of the connections.
MOST_WAITING = 10_000
CONNECT_S = 10
_CONNECTION_KEYS = frozenset(
    {"dbname", "user", "password", "host", "port", "options", "sslmode", "sslrootcert"}
)


class Call(NamedTuple):
    """A statement that stands in this code base, and its arguments."""

    statement: str
    args: Sequence[Any]


def calling(function: str, *args: Any, types: str = "") -> Call:
    """`SELECT * FROM function(…)`. `types` casts the arguments: `"uuid[] int"`. The name is ours, never a client's.

    Lists are of ids or numbers.
    """
    return Call(_statement(function, types), [_array(arg) if isinstance(arg, list) else arg for arg in args])


def acting(user_id: UUID) -> Call:
    """What `acting_as` does first: the calls behind it in the same round trip are that person's."""
    return Call(_ACT, [MEMBER_ROLE, str(user_id)])


def acting_in_session(session_id: UUID, user_id: UUID) -> Call:
    """The same for who holds a token: one row of (name, device_id).

    Raises psycopg.errors.InvalidAuthorizationSpecification where that session is not live or not this person's.
    """
    return calling("act_in_session", session_id, user_id, types="uuid uuid")


class Pipelines:
    """A few connections of one event loop; each serves one request at a time."""

    def __init__(self, size: int) -> None:
        self._gate = asyncio.Semaphore(size)
        self._free: list[psycopg.AsyncConnection[Any]] = []
        self._waiting = 0

    async def run(self, *calls: Call) -> list[list[Any]]:
        """The rows of each call, as named tuples. They are one transaction: all or none.

        Raises Unavailable when too many wait, psycopg.Error as the statements do.
        """
        if self._waiting >= MOST_WAITING:
            raise Unavailable
        self._waiting += 1
        try:
            async with self._gate:
                return await self._run_here(calls)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        while self._free:
            await self._free.pop().close()

    async def _run_here(self, calls: Sequence[Call]) -> list[list[Any]]:
        while self._free:
            connection = self._free.pop()
            try:
                return await self._run_on(connection, calls)
            except psycopg.OperationalError:
                if not connection.closed:
                    raise
                # It had died while it waited: after a restart of PostgreSQL nothing fails.
        return await self._run_on(await connect(), calls)

    async def _run_on(
        self, connection: psycopg.AsyncConnection[Any], calls: Sequence[Call]
    ) -> list[list[Any]]:
        try:
            async with connection.pipeline():
                cursors = [
                    await connection.cursor(binary=True).execute(call.statement, call.args, prepare=True)
                    for call in calls
                ]
            return [await cursor.fetchall() for cursor in cursors]
        finally:
            # Given up in the middle (the client went, the time was over): what is on its way belongs to nobody.
            if connection.info.transaction_status == TransactionStatus.IDLE:
                self._free.append(connection)
            else:
                await connection.close()


async def connect() -> psycopg.AsyncConnection[Any]:
    """A connection of the event loop, of requests' login, outside Django's pool.

    In autocommit, with rows as named tuples and times in UTC. Raises psycopg.Error, after CONNECT_S at the latest.
    """
    parameters = connections["default"].get_connection_params()
    wanted = {key: value for key, value in parameters.items() if key in _CONNECTION_KEYS}
    connection = await psycopg.AsyncConnection.connect(
        **wanted, autocommit=True, row_factory=namedtuple_row, connect_timeout=CONNECT_S
    )
    await connection.execute("SET TIME ZONE 'UTC'")  # as Django's connections: times leave with a Z
    return connection


def _array(values: list[Any]) -> str:
    """As PostgreSQL writes it: psycopg asks every element what it is, which takes a microsecond and a half of each."""
    return "{" + ",".join(map(str, values)) + "}"


@cache
def _statement(function: str, types: str) -> str:
    marks = ", ".join(f"%s::{cast}" for cast in types.split())
    return f"SELECT * FROM {function}({marks})"  # noqa: S608 - constants of this code base


_ACT = "SELECT set_config('role', %s, true) AS role, set_config('prayermap.user_id', %s, true) AS person"
_running: Pipelines | None = None


def current() -> Pipelines | None:
    """Those of this process's server; None before it has started and after it has ended."""
    return _running


def running() -> Pipelines:
    """The same for who can't do without. Raises Unavailable."""
    if _running is None:
        raise Unavailable
    return _running


async def start() -> None:
    global _running
    _running = Pipelines(CONNECTIONS)


async def stop() -> None:
    global _running
    if _running is not None:
        running, _running = _running, None
        await running.close()


def register() -> None:
    lifecycle.on_start(start)
    lifecycle.on_stop(stop)
