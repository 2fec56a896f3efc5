"""Call a PostgreSQL function; Python holds no other SQL."""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import Any

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.types.json import Jsonb


def call(function: str, *args: Any, types: str = "", using: str = DEFAULT_DB_ALIAS) -> list[Any]:
    """Rows of `SELECT * FROM function(…)` as named tuples.

    `types` casts the arguments where PostgreSQL can't guess: `"uuid[] uuid[] uuid int"`. The name is ours, never
    a client's. `using`: the login, `owner` for maintenance.
    """
    casts = types.split()
    marks = ", ".join(f"%s::{cast}" for cast in casts) if casts else ", ".join(["%s"] * len(args))
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}({marks})", args)  # noqa: S608 - constants of this code base
        assert cursor.description is not None
        row = _row_type(tuple(column.name for column in cursor.description))
        return [row(*values) for values in cursor.fetchall()]


def call_scalar(function: str, *args: Any, types: str = "", using: str = DEFAULT_DB_ALIAS) -> Any:
    """The single value of a function that returns one; None where it returns no row."""
    rows = call(function, *args, types=types, using=using)
    return rows[0][0] if rows else None


def as_jsonb(value: Any) -> Jsonb:
    """An argument of type jsonb; UUIDs and times in it become text."""
    return Jsonb(value, dumps=msgspec.json.encode)


@cache
def _row_type(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)  # noqa: PYI024 - the columns are known to PostgreSQL only


def from_json(value: Any) -> Any:
    """What a jsonb column of a row says: Django's connections give it as text, the writers' as what it means."""
    return msgspec.json.decode(value) if isinstance(value, str | bytes) else value
