"""An anonymous prayer's author is found by nobody: through no endpoint, and with plain SQL through no table or function."""

import json
from uuid import UUID

import psycopg
import pytest

from tests.isolation.test_anonymity import readable
from tests.isolation.test_grants import FUNCTIONS
from tests.messaging.actors import actor
from tests.messaging.lines import acting, as_member, connect, line, owner
from tests.prayers.acts import open_about, pray, respond, try_open, try_respond, update

pytestmark = pytest.mark.django_db(transaction=True)
DENIED = psycopg.errors.InsufficientPrivilege


@pytest.fixture
def scene(ruth, amos, lydia):
    """Ruth's anonymous prayer; Amos talks with her and Lydia responded anonymously; Ruth is about under her name, too."""
    made = pray(ruth, title="Sealed", is_anonymous=True)
    room = open_about(amos, made["id"])["id"]
    ruth.ok("POST", f"conversations/{room}/accept/")
    ruth.say(room, "Thank you.")
    update(ruth, room, is_answered=True)
    respond(lydia, made["id"], is_anonymous=True)
    ruth.direct(amos)
    pray(ruth, title="Named")
    return made["id"], room


def paths_of(prayer_id: str, room: str) -> list[str]:
    return [
        "prayers/", "prayers/?bbox=-180,-90,180,90", f"prayers/{prayer_id}/", f"prayers/{prayer_id}/responses/",
        "conversations/", f"conversations/?prayer={prayer_id}", f"conversations/{room}/",
        f"conversations/{room}/members/", f"conversations/{room}/messages/", f"conversations/{room}/messages/2/",
        f"conversations/{room}/changes/?after_rev=0", f"conversations/{room}/typing/",
    ]  # fmt: skip


def parts_about(body: object, *ids: str) -> list[str]:
    """Every object in an answer that names one of these, as text: what stands beside it is what it tells."""
    found = []

    def walk(part: object) -> None:
        if isinstance(part, dict):
            if any(value in ids for value in part.values() if isinstance(value, str)):
                found.append(json.dumps(part))
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(body)
    return found


def test_no_endpoint_tells_the_author_or_the_responder(scene, ruth, amos, lydia):
    prayer_id, room = scene
    for person, hidden in ((amos, (ruth, lydia)), (lydia, (ruth,)), (actor("Naomi"), (ruth, lydia))):
        for path in paths_of(prayer_id, room):
            answer = person.get(path)
            for part in parts_about(answer.body, prayer_id, room):
                assert not any(one.id in part or one.name in part for one in hidden), (path, part)


def test_a_refusal_is_the_same_for_the_author_and_for_others(scene, ruth, amos):
    """Who tries something on an anonymous prayer learns nothing about others."""
    prayer_id, room = scene
    for body in ({"members": [ruth.id]}, {"members": [actor().id]}):
        answer = amos.post("conversations/", {"kind": "prayer_response", "prayer": prayer_id} | body)
        assert (answer.refusal, answer.fields) == ((400, "invalid"), ["members"])
    assert update(amos, room).refusal == (403, "forbidden")
    for person in (ruth, actor()):
        person.blocks(amos)
    assert try_respond(amos, prayer_id).status == 201
    assert try_open(amos, prayer_id).status == 200


def test_a_blocked_person_in_a_conversation_sees_no_difference(ruth, amos):
    made = pray(ruth, is_anonymous=True)
    room = open_about(amos, made["id"])["id"]
    ruth.ok("POST", f"conversations/{room}/accept/")
    ruth.blocks(amos)
    assert amos.try_say(room, "Are you well?").status == 201
    assert ruth.try_say(room, "I am.").status == 201


def everything_seen(connection, person, ids) -> dict[str, list[str]]:
    seen = {}
    for name, columns in readable().items():
        seen[name] = run(connection, person, f"SELECT {columns} FROM {name}", [])
    for row in owner(FUNCTIONS):
        if not row.by_member or row.returned == "trigger":
            continue
        types = [owner("SELECT format_type(%s, NULL) AS name", oid)[0].name for oid in row.types]
        known = {"uuid": ids[0], "uuid[]": ids, "integer": 9_000, "bigint": 0, "integer[]": [-18_000, 17_999, 1, 0],
                 "boolean": False, "jsonb": json.dumps({"prayer": ids[0], "is_anonymous": False})}  # fmt: skip
        for first in ids:
            values = [known | {"uuid": first} for _ in types]
            casts = ", ".join(f"%s::{type_}" for type_ in types)
            statement = f"SELECT * FROM public.{row.name}({casts})"
            arguments = [found.get(type_) for found, type_ in zip(values, types, strict=True)]
            seen.setdefault(f"{row.name}()", []).extend(run(connection, person, statement, arguments))
    return seen


def run(connection, person, statement, values) -> list[str]:
    """Rows as text; nothing where it is refused. What it does is undone."""
    rows: list[str] = []
    try:
        with acting(connection, "prayermap_member", person.id):
            rows = [str(tuple(row)) for row in connection.execute(statement, values or None).fetchall()]
            raise psycopg.Rollback
    except psycopg.Error:
        return []
    return rows


def test_plain_sql_tells_no_more(scene, ruth, amos, lydia):
    prayer_id, room = scene
    (response,) = owner("SELECT id FROM prayer_response")[0]
    members = [str(row.id) for row in owner("SELECT id FROM participant WHERE is_anonymous")]
    messages = [str(row.id) for row in owner("SELECT id FROM message WHERE conversation_id = %s", UUID(room))]
    sealed = [prayer_id, room, str(response), *members, *messages]
    with line() as connection:
        for person in (amos, lydia, actor("Naomi")):
            seen = everything_seen(connection, person, sealed)
            hidden = [one.id for one in (ruth, lydia) if one is not person]
            told = [
                (where, row)
                for where, rows in seen.items()
                for row in rows
                if any(one in row for one in hidden) and any(part in row for part in sealed)
            ]
            assert told == []
            assert any(prayer_id in row for row in seen["prayer"]), "nothing was asked"


@pytest.mark.parametrize(
    "table", ["prayer_author", "prayer_response_author", "prayer_pair", "memorial_end", "memorial_connection"]
)
def test_the_sealed_tables_are_open_to_nobody(table, scene, ruth):
    with line() as connection:
        for role in ("prayermap_member", "prayermap_writer", "none"):
            with pytest.raises(DENIED), acting(connection, role, ruth.id):
                connection.execute(f"SELECT 1 FROM {table}")


def test_whom_to_tell_is_the_servers_own_to_ask(scene, ruth, amos):
    made = pray(ruth, is_anonymous=True)
    room = open_about(amos, made["id"])["id"]
    with line() as connection:
        found = connection.execute("SELECT * FROM people_to_tell(%s)", [room]).fetchall()
        assert [str(row[0]) for row in found] == [ruth.id]
        for role in ("prayermap_member", "prayermap_writer", "prayermap_staff"):
            with pytest.raises(DENIED), acting(connection, role, amos.id):
                connection.execute("SELECT * FROM people_to_tell(%s)", [room])


def test_staff_find_the_author_nowhere(scene, ruth, lydia):
    prayer_id, _ = scene
    statements = (
        "SELECT author_id FROM prayer WHERE id = %s",
        "SELECT author_id FROM prayer_response WHERE prayer_id = %s",
    )
    with connect() as connection:
        for statement in statements:
            with acting(connection, "prayermap_staff", ruth.id):
                assert [row.author_id for row in connection.execute(statement, [prayer_id])] == [None]
        for table in ("prayer_author", "prayer_response_author", "prayer_pair", "memorial_end"):
            with pytest.raises(DENIED), acting(connection, "prayermap_staff", ruth.id):
                connection.execute(f"SELECT 1 FROM {table}")


def test_ids_and_times_of_what_is_anonymous_say_the_hour(ruth, amos):
    """Two prayers of one minute, one of them sealed: nothing but the hour is alike."""
    named, sealed = pray(ruth), pray(ruth, is_anonymous=True)
    said = respond(amos, named["id"], is_anonymous=True)
    for shown in (sealed, said):
        assert shown["created_at"][13:] == ":00:00Z"
        assert (UUID(shown["id"]).int >> 80) % 3_600_000 == 0
    assert UUID(named["id"]).int >> 64 != UUID(sealed["id"]).int >> 64
    again = pray(ruth, is_anonymous=True)
    assert UUID(again["id"]).int >> 80 == UUID(sealed["id"]).int >> 80


def test_a_member_is_not_asked_who_hides_by_searching_ones_own(scene, ruth, amos):
    """`is_mine` and `mine` speak of oneself alone."""
    prayer_id, _ = scene
    assert ruth.ok("GET", f"prayers/{prayer_id}/")["is_mine"] is True
    assert amos.ok("GET", f"prayers/{prayer_id}/")["is_mine"] is False
    with line() as connection:
        asked = "SELECT is_my_prayer(%s) AS mine"
        assert [row.mine for row in as_member(connection, amos.id, asked, prayer_id)] == [False]
