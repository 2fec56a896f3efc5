"""Row-level security with plain SQL: what the request role finds, and can do, where Python's filters are forgotten."""

from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests.isolation.roles import ROLES, World
from tests.isolation.tables import WHOSE
from tests.messaging.lines import acting, as_member, owner

pytestmark = pytest.mark.django_db(transaction=True)

DENIED = psycopg.errors.InsufficientPrivilege
#: Those who see nothing at all of the group: no row of it, no message, no member.
OUTSIDE = ("visitor", "stranger", "removed", "left", "blocked")


@pytest.fixture
def world(world) -> World:
    """With something to see in every table."""
    for role in ("admin", "member", "owner"):
        world.people[role].ok("POST", f"conversations/{world.group}/receipts/", {"read": 2})
    world.people["owner"].say(world.group, "Named", mentions=[world.members["member"]])
    for role in ("admin", "member"):
        world.people[role].ok("POST", f"conversations/{world.group}/messages/1/flag/", {"reason": "spam"})
    world.people["member"].ok("POST", f"me/sanctions/{world.sanction}/appeal/", {"text": "It was a psalm."})
    return world


def key_of(world: World, role: str) -> str:
    """The id to act as; the anonymous visitor has none."""
    return "" if role == "visitor" else world.people[role].id


def test_every_table_of_the_apps_is_looked_at():
    tables = owner(
        "SELECT c.relname AS name, c.relrowsecurity AS secured FROM pg_class c WHERE c.relkind IN ('r', 'p')"
        " AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace AND c.relname !~"
        " '^(django_|auth_|account_|mfa_|procrastinate_)'"  # of Django and of libraries
    )
    assert {row.name for row in tables} == set(WHOSE)
    assert {row.name for row in tables if not row.secured} == {
        "accounts_user_user_permissions",
    }


def test_select_shows_only_rows_of_ones_own(world, line):
    for role in ROLES:
        check_select_shows_only_rows_of_ones_own(role, world, line)


def check_select_shows_only_rows_of_ones_own(role, world, line):
    key = key_of(world, role)
    own = {UUID(key)} if key else set()
    mine = "SELECT id, conversation_id FROM participant WHERE user_id = %s AND state = ANY (%s)"
    seen_in = (
        {row.conversation_id for row in owner(mine, key, ["invited", "requested", "active"])}
        if key
        else set()
    )
    read_in = {row.conversation_id for row in owner(mine, key, ["active"])} if key else set()
    mine_ever = {row.conversation_id for row in owner(mine, key, ["left", "removed"])} if key else set()
    members = (
        {row.id for row in owner("SELECT id FROM participant WHERE user_id = %s", key)} if key else set()
    )
    sanctions = {row.id for row in owner("SELECT id FROM sanction WHERE user_id = %s", key)} if key else set()
    prayers = {row.id for row in owner("SELECT id FROM prayer")} if key else set()
    allowed = {
        "conversation": seen_in, "participant": seen_in | mine_ever, "message": read_in, "mention": members,
        "personal_mark": members,
        "prayer": prayers, "prayer_response": prayers, "delivery_status": None, "person_state": own, "client_key": own,
        "accounts_user": own, "accounts_block": own, "message_queue": own, "notification": own,
        "notification_preference": own, "notification_settings": own, "notification_decision": own, "push_device": own,
        "report": own, "erasure_request": own, "export_request": own, "sanction": own, "appeal": sanctions,
    }  # fmt: skip
    for table, column in WHOSE.items():
        statement = f"SELECT {column or 'count(*)'} AS whose FROM {table}"
        if column is None:
            with pytest.raises(DENIED):
                as_member(line, key, statement)
        elif table != "delivery_status":
            assert {row.whose for row in as_member(line, key, statement)} <= allowed[table], table
    foreign = "SELECT user_id FROM participant WHERE (is_anonymous OR conversation_id <> ALL (%s)) AND user_id::text <> %s"
    assert as_member(line, key, foreign, list(seen_in), key) == []
    # Who got what: one's own rows, and those of messages that one sent.
    sent = owner("SELECT id FROM message WHERE sender_id = ANY (%s)", list(members))
    strange = "SELECT 1 FROM delivery_status WHERE participant_id <> ALL (%s) AND message_id <> ALL (%s)"
    assert as_member(line, key, strange, list(members), [row.id for row in sent]) == []


def test_nothing_of_the_group_is_seen_from_outside(world, line):
    for role in OUTSIDE:
        check_nothing_of_the_group_is_seen_from_outside(role, world, line)


def check_nothing_of_the_group_is_seen_from_outside(role, world, line):
    key = key_of(world, role)
    group = UUID(world.group)
    assert as_member(line, key, "SELECT id FROM conversation WHERE id = %s", group) == []
    assert as_member(line, key, "SELECT id FROM message WHERE conversation_id = %s", group) == []
    others = "SELECT id FROM participant WHERE conversation_id = %s AND user_id::text <> %s"
    assert as_member(line, key, others, group, key) == []
    assert as_member(line, key, "SELECT 1 FROM delivery_status") == []
    assert as_member(line, key, "SELECT 1 FROM mention") == []


def test_messages_are_not_seen_before_one_is_in(world, line):
    for role in ["invited", "requested"]:
        check_messages_are_not_seen_before_one_is_in(role, world, line)


def check_messages_are_not_seen_before_one_is_in(role, world, line):
    key = key_of(world, role)
    assert len(as_member(line, key, "SELECT 1 FROM conversation")) == 1
    for table in ("message", "delivery_status", "mention"):
        assert as_member(line, key, f"SELECT 1 FROM {table}") == []


def test_members_find_the_messages_and_no_anonymous_member(world, line):
    key, anonymous = key_of(world, "member"), world.people["anonymous"].id
    assert (
        len(as_member(line, key, "SELECT 1 FROM message WHERE conversation_id = %s", UUID(world.group))) == 3
    )
    assert as_member(line, key, "SELECT 1 FROM participant WHERE user_id = %s", anonymous) == []
    assert as_member(line, key, "SELECT 1 FROM participant WHERE id = %s", world.members["anonymous"]) == []


@contextmanager
def nothing_changes(tables):
    """Every row of every table, compared by its text."""
    before = {table: rows_of(table) for table in tables}
    yield
    for table in tables:
        assert rows_of(table) == before[table], table


def rows_of(table: str) -> list[str]:
    return sorted(str(row) for row in owner(f"SELECT * FROM {table}"))


def refused_or_nothing(connection, key: str, statement: str, *args) -> bool:
    """Whether it was refused, or touched no row."""
    try:
        with acting(connection, "prayermap_member", key):
            return connection.execute(statement, args or None).rowcount == 0
    except (
        DENIED,
        psycopg.errors.CheckViolation,
        psycopg.errors.GeneratedAlways,
    ):  # 42501: row-level security too
        return True


def test_nothing_is_written_past_the_functions(world, line):
    """UPDATE of every column one at a time, DELETE, and INSERT of a copy, on every table."""
    for role in ROLES:
        check_nothing_is_written_past_the_functions(role, world, line)


def check_nothing_is_written_past_the_functions(role, world, line):
    key = key_of(world, role)
    own = {
        # One's own profile and settings, one's own blocks: what the role may write of itself.
        ("accounts_user", "display_name"), ("accounts_user", "timezone"), ("accounts_user", "share_read_receipts"),
        ("accounts_user", "share_presence"), ("accounts_block", "DELETE"), ("participant", "muted_until"),
        ("push_device", "DELETE"),
        ("participant", "pinned_at"), ("participant", "archived_at"), ("participant", "notification_level"),
        ("participant", "me_rev"), ("participant", "marked_unread_at"),
        ("notification", "read_at"), ("message_queue", "DELETE"),
    }  # fmt: skip
    admin = {("conversation", column) for column in (
        "title", "description", "is_private", "requires_approval", "settings_rev", "rev", "active_count",
        "member_count", "latest_activity_at", "updated_at", "disappear_after_s", "slow_mode_s", "is_frozen")}  # fmt: skip
    allowed = own | (admin if role in ("admin", "owner") else set())
    columns = owner(
        "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_name = ANY (%s)",
        list(WHOSE),
    )
    done = {
        (row.t, row.c) for row in columns
        if (row.t, row.c) not in allowed
        and not refused_or_nothing(line, key, f'UPDATE {row.t} SET "{row.c}" = "{row.c}"')
    }  # fmt: skip
    done |= {
        (table, "DELETE") for table in WHOSE
        if (table, "DELETE") not in allowed and not refused_or_nothing(line, key, f"DELETE FROM {table}")
    }  # fmt: skip
    assert done == set()


def test_nobody_lets_themselves_in_or_writes_for_another(world, line):
    for role in [role for role in ROLES if role not in ("admin", "owner")]:
        check_nobody_lets_themselves_in_or_writes_for_another(role, world, line)


def check_nobody_lets_themselves_in_or_writes_for_another(role, world, line):
    key, group, other = key_of(world, role), world.group, world.people["owner"].id
    who = key or other
    attempts = [
        ("UPDATE participant SET state = 'active'",),
        ("UPDATE participant SET role = 'owner'",),
        ("UPDATE participant SET visible_from_seq = 1",),
        ("UPDATE participant SET declined_at = NULL, is_told = true, is_request = false",),
        ("UPDATE participant SET pinned_at = now() WHERE user_id::text <> %s", key),
        ("UPDATE conversation SET rev = rev + 1",),
        ("UPDATE accounts_user SET display_name = 'Taken' WHERE id::text <> %s", key),
        ("UPDATE accounts_user SET is_staff = true, is_superuser = true",),
        ("DELETE FROM accounts_block WHERE blocker_id::text <> %s", key),
        (INSERT_PARTICIPANT, group, who, "active", "owner"),
        (INSERT_PARTICIPANT, group, who, "invited", "member"),
        (INSERT_PARTICIPANT, group, world.newcomer.id, "invited", "member"),
        (INSERT_MESSAGE, group),
        ("INSERT INTO mention (participant_id, seq, message_id) VALUES (%s, 9, gen_random_uuid())", world.members["owner"]),
        ("INSERT INTO person_state (user_id, me_rev) VALUES (%s, 99)", who),
        (INSERT_KEY, other, group),
        (INSERT_BLOCK, other, world.newcomer.id),
    ]  # fmt: skip
    with nothing_changes([table for table in WHOSE if table != "accounts_session"]):
        for statement, *args in attempts:
            assert refused_or_nothing(line, key, statement, *args), statement


INSERT_PARTICIPANT = (
    "INSERT INTO participant (id, conversation_id, user_id, state, role, is_anonymous, rev, is_request, is_told, created_at,"
    " visible_from_seq, read_seq, delivered_seq, notification_level, me_rev) VALUES (gen_random_uuid(), %s, %s, %s, %s,"
    " true, 1, false, true, now(), 1, 0, 0, 'all', 0)"
)
INSERT_KEY = (
    "INSERT INTO client_key (user_id, client_id, digest, result_id, created_at)"
    " VALUES (%s, gen_random_uuid(), '', %s, now())"
)
INSERT_BLOCK = "INSERT INTO accounts_block (id, blocker_id, blocked_id, created_at) VALUES (gen_random_uuid(), %s, %s, now())"
INSERT_MESSAGE = (
    "INSERT INTO message (id, conversation_id, seq, rev, is_anonymous, type, content, mentions, state, created_at)"
    " VALUES (gen_random_uuid(), %s, 99, 99, true, 'text', 'x', '{}', 'live', now())"
)


def test_a_partition_named_directly_is_refused(world, line):
    for role in ["stranger", "member", "owner"]:
        check_a_partition_named_directly_is_refused(role, world, line)


def check_a_partition_named_directly_is_refused(role, world, line):
    partitions = owner("SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent::regclass::text = ANY (%s)",
                       ["message", "delivery_status", "message_revision", "reaction"])  # fmt: skip
    assert len(partitions) >= 16
    for (name,) in partitions:
        for statement in ("SELECT 1 FROM {}", "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(DENIED), acting(line, "prayermap_member", key_of(world, role)):
                line.execute(sql.SQL(statement).format(sql.Identifier(name)))
