"""Who is anonymous can't be found by a fellow member: through no table, no view and no function, one by one."""

import itertools

import psycopg
import pytest

from tests.isolation.roles import World
from tests.isolation.tables import PUBLIC
from tests.isolation.test_grants import FUNCTIONS
from tests.messaging.actors import new_id
from tests.messaging.lines import acting, owner

pytestmark = pytest.mark.django_db(transaction=True)

#: More calls than this of one function say nothing new.
MOST_CALLS = 40


def arguments(world: World, message: str, type_: str) -> list[object]:
    """Values of this type that a fellow member knows."""
    ids = [world.group, world.members["anonymous"], message, world.people["member"].id, world.sealed_prayer]
    known: dict[str, list[object]] = {
        "uuid": ids,
        "uuid[]": [ids, None],
        "jsonb": ["{}"],
        "text": ["accept", "leave"],
        "integer": [100],
        "bigint": [0],
        "boolean": [False],
        "timestamp with time zone": ["2026-01-01"],
        "date": ["2026-01-01"],
        "text[]": [[]],
    }
    return known.get(type_, [None])


def readable() -> dict[str, str]:
    """Tables and views, each with the columns that members may select (else all: it is refused)."""
    rows = owner(
        "SELECT c.oid::regclass::text AS name, coalesce(string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)"
        " FILTER (WHERE has_column_privilege('prayermap_member', c.oid, a.attnum, 'SELECT')), '*') AS columns"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace GROUP BY c.oid"
    )
    return {row.name: row.columns for row in rows}


def everything_seen(connection, world: World, role: str, message: str) -> dict[str, list[str]]:
    """{where: rows as text} for all that this person can select or call."""
    key = world.people[role].id
    seen = {
        name: run(connection, key, f"SELECT {columns} FROM {name}", [])
        for name, columns in readable().items()
    }
    for row in owner(FUNCTIONS):
        if not row.by_member or row.returned == "trigger":
            continue
        types = [
            found.name for oid in row.types for found in owner("SELECT format_type(%s, NULL) AS name", oid)
        ]
        casts = ", ".join(f"%s::{type_}" for type_ in types)
        calls = itertools.product(*(arguments(world, message, type_) for type_ in types))
        for values in itertools.islice(calls, MOST_CALLS):
            found = run(connection, key, f"SELECT * FROM public.{row.name}({casts})", list(values))
            seen.setdefault(f"{row.name}()", []).extend(found)
    return seen


def run(connection, key: str, statement: str, values: list[object]) -> list[str]:
    """The rows as text; nothing where it is refused. What it does is undone."""
    try:
        with acting(connection, "prayermap_member", key):
            rows = [str(tuple(row)) for row in connection.execute(statement, values or None).fetchall()]
            raise psycopg.Rollback
    except psycopg.Error:
        return []
    except psycopg.Rollback:
        return rows
    return rows


def test_an_anonymous_member_is_found_by_themselves_only(world, line):
    message = sealed_message(world)
    hidden = world.people["anonymous"].id
    for role in ("member", "owner", "invited", "stranger"):
        seen = everything_seen(line, world, role, message)
        assert sum(map(len, seen.values())) > 3, "nothing was asked"
        assert [where for where, rows in seen.items() if any(hidden in row for row in rows)] == [], role
    mine = everything_seen(line, world, "anonymous", message)
    assert any(hidden in row for row in mine["participant"])


def test_the_author_of_an_anonymous_message_is_found_by_themselves_only(world, line):
    message = sealed_message(world)
    author, member = world.people["member"].id, world.members["member"]
    for role in ("owner", "admin", "anonymous", "invited"):
        seen = everything_seen(line, world, role, message)
        told = [
            where
            for where, rows in seen.items()
            for row in rows
            if message in row and (author in row or member in row)
        ]
        assert told == [], role
        assert seen["own_anonymous()"] == []
    assert any(message in row for row in everything_seen(line, world, "member", message)["own_anonymous()"])


def test_what_the_client_called_it_is_in_no_row(world, line):
    """Its id says when the client's clock wrote it."""
    client_id = new_id()
    sent = world.people["member"].say(world.group, "Sealed", is_anonymous=True, client_id=client_id)
    for role in ("owner", "anonymous", "member"):
        seen = everything_seen(line, world, role, sent["id"])
        assert [where for where, rows in seen.items() if any(client_id in row for row in rows)] == []


def sealed_message(world: World) -> str:
    """The id of an anonymous message of the named member."""
    return world.people["member"].say(world.group, "Sealed", is_anonymous=True)["id"]


def test_the_author_of_an_anonymous_prayer_or_response_is_found_by_themselves_only(world, line):
    message = sealed_message(world)
    author, responder = world.people["anonymous"].id, world.people["member"].id
    (response,) = owner("SELECT id::text FROM prayer_response")[0]
    for role in ("owner", "admin", "stranger", "blocked", "member"):
        seen = everything_seen(line, world, role, message)
        assert any(world.sealed_prayer in row for row in seen["prayer"]), "the prayer itself is seen"
        told = [
            where
            for where, rows in seen.items()
            for row in rows
            if (world.sealed_prayer in row and author in row) or (response in row and responder in row)
        ]
        assert told == [], role
        assert not any("True" in row for row in seen["is_my_prayer()"]), role
    assert any("True" in row for row in everything_seen(line, world, "anonymous", message)["is_my_prayer()"])


@pytest.mark.parametrize("column", ["xmin", "ctid", "changed_at", "cell"])
@pytest.mark.parametrize("table", PUBLIC)
def test_nothing_tells_what_was_written_together(table, column, world, line):
    with pytest.raises(psycopg.errors.Error), acting(line, "prayermap_member", world.people["owner"].id):
        line.execute(f"SELECT {column} FROM {table}")
