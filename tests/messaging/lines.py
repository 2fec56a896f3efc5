"""Connections of a test's own, below Django: rivals, and people who try SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.db import connections
from psycopg.rows import namedtuple_row

from prayermap.lib.db import as_jsonb

_KEYS = frozenset({"dbname", "user", "password", "host", "port"})


def connect(alias: str = "default", **more: Any) -> psycopg.Connection[Any]:
    """A connection of this login to the test database, in autocommit."""
    given = connections[alias].get_connection_params()
    wanted = {key: value for key, value in given.items() if key in _KEYS}
    return psycopg.connect(**wanted, autocommit=True, row_factory=namedtuple_row, **more)


@contextmanager
def line(alias: str = "default") -> Iterator[psycopg.Connection[Any]]:
    connection = connect(alias)
    try:
        yield connection
    finally:
        connection.close()


def owner(statement: str, *args: Any) -> list[Any]:
    """Run one statement as the owner, who sees everything; its rows, if any."""
    with line("owner") as connection:
        cursor = connection.execute(statement, args or None)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def acting(connection: psycopg.Connection[Any], role: str, user: UUID | str = "") -> Iterator[None]:
    """A transaction in this role."""
    with connection.transaction():
        connection.execute(
            "SELECT set_config('role', %s, true) AS role, set_config('prayermap.user_id', %s, true) AS person",
            (role, str(user)),
        )
        yield


def as_postgresql_sees(request: dict[str, Any]) -> dict[str, Any]:
    """With ids as text, to compare with."""
    seen: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(request))
    return seen


def as_writer(connection: psycopg.Connection[Any], function: str, batch: list[dict[str, Any]]) -> list[Any]:
    """One batch in one transaction, as the sockets' writer does it; rows in the order of the requests."""
    numbered = [request | {"ord": number} for number, request in enumerate(batch)]
    with acting(connection, "prayermap_writer"):
        rows = connection.execute(f"SELECT * FROM {function}(%s)", [as_jsonb(numbered)]).fetchall()
    return sorted(rows, key=lambda row: row.ord)


def as_member(connection: psycopg.Connection[Any], user: UUID | str, statement: str, *args: Any) -> list[Any]:
    """One statement in one transaction, as a request of this person."""
    with acting(connection, "prayermap_member", user):
        cursor = connection.execute(statement, args or None)
        return cursor.fetchall() if cursor.description else []
