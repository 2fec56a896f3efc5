"""The second lock: what PostgreSQL itself lets each role see and do, in plain SQL."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils.timezone import now

from accounts.models import Block, Session
from prayermap.lib.acting import acting_as, acting_as_staff
from tests.factories import bearer, make_user

pytestmark = pytest.mark.django_db


def rows(sql, *args):
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def is_denied(sql, *args):
    """True when PostgreSQL refuses the statement itself (42501), not merely finds nothing."""
    try:
        with transaction.atomic():
            rows(sql, *args)
    except DatabaseError as error:
        return error.__cause__.sqlstate == "42501"
    return False


@pytest.fixture
def ruth():
    return make_user("Ruth")


@pytest.fixture
def amos(ruth):
    amos = make_user("Amos")
    bearer(amos)
    Block.objects.create(blocker=amos, blocked=ruth)
    return amos


def test_a_member_sees_only_themselves(ruth, amos):
    with acting_as(ruth):
        assert rows("SELECT id FROM accounts_user") == [(ruth.pk,)]
        assert rows("SELECT id FROM accounts_block") == []
        assert rows("UPDATE accounts_user SET display_name = 'x' WHERE id = %s", amos.pk) == 0
        assert rows("UPDATE accounts_user SET display_name = 'Naomi'") == 1
        assert rows("DELETE FROM accounts_block") == 0


def test_a_member_who_is_nobody_sees_nothing(ruth, amos):
    with transaction.atomic():
        rows("SELECT set_config('role', 'prayermap_member', true)")
        assert rows("SELECT id FROM accounts_user") == []
        rows("SELECT set_config('prayermap.user_id', '', true)")
        assert rows("SELECT id FROM accounts_user") == []
        assert rows("SELECT id FROM accounts_block") == []
        rows("SELECT set_config('role', 'none', true)")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM accounts_session",
        "SELECT 1 FROM django_session",
        "SELECT 1 FROM mfa_authenticator",
        "SELECT 1 FROM account_emailaddress",
        "SELECT 1 FROM auth_group",
        "SELECT 1 FROM django_admin_log",
        "UPDATE accounts_user SET is_staff = true",
        "UPDATE accounts_user SET is_superuser = true",
        "UPDATE accounts_user SET email = 'x'",
        "UPDATE accounts_user SET password = 'x'",
        "UPDATE accounts_user SET suspended_until = NULL",
        "UPDATE accounts_user SET banned_at = NULL",
        "DELETE FROM accounts_user",
        "INSERT INTO accounts_user (id) VALUES (gen_random_uuid())",
        "UPDATE accounts_block SET created_at = now()",
        "TRUNCATE accounts_block",
        "CREATE TABLE mine (a int)",
        "ALTER TABLE accounts_user DISABLE ROW LEVEL SECURITY",
    ],
)
def test_a_member_may_not(ruth, statement):
    with acting_as(ruth):
        assert is_denied(statement)


def test_a_member_blocks_for_nobody_else(ruth, amos):
    insert = "INSERT INTO accounts_block (id, blocker_id, blocked_id, created_at) VALUES (%s, %s, %s, now())"
    with acting_as(ruth):
        assert is_denied(insert, uuid4(), amos.pk, ruth.pk)
        assert rows(insert, uuid4(), ruth.pk, amos.pk) == 1


def test_a_member_learns_the_names_of_those_blocked_and_no_others(ruth, amos):
    Block.objects.create(blocker=ruth, blocked=amos)
    lydia = make_user("Lydia")
    with acting_as(ruth):
        assert rows("SELECT id, name FROM blocked_names(%s)", [amos.pk, lydia.pk, ruth.pk]) == [
            (amos.pk, "Amos")
        ]


@pytest.mark.parametrize("function", ["blocked_with", "is_person", "blocked_names"])
def test_definer_functions_are_for_members_only_and_fix_their_search_path(function):
    found = rows(
        """SELECT prosecdef, proconfig, array(
             SELECT grantee::regrole::text FROM aclexplode(proacl) WHERE privilege_type = 'EXECUTE' ORDER BY 1)
           FROM pg_proc WHERE proname = %s""",
        function,
    )
    expected = ["prayermap_member", "prayermap_owner"]
    assert found == [(True, ["search_path=public, pg_temp"], expected)]


def test_staff_sees_people_but_no_digest_and_writes_few_columns(ruth, amos):
    with acting_as_staff(ruth):
        assert len(rows("SELECT id, email FROM accounts_user")) == 2
        assert len(rows("SELECT id, ended_at FROM accounts_session")) == 1
        assert len(rows("SELECT id FROM accounts_block")) == 1
        assert rows("UPDATE accounts_user SET timezone = 'UTC'") == 2
        for statement in (
            "UPDATE accounts_user SET banned_at = now(), suspension_reason_code = 'x'",  # decisions of cases do
            "SELECT refresh_digest FROM accounts_session",
            "SELECT * FROM accounts_session",
            "SELECT data FROM mfa_authenticator",
            "UPDATE accounts_user SET is_superuser = true",
            "UPDATE accounts_user SET password = 'x'",
            "DELETE FROM accounts_user",
            "DELETE FROM accounts_block",
            "DELETE FROM django_admin_log",
        ):
            assert is_denied(statement), statement


def test_the_writer_has_nothing_here(ruth):
    with transaction.atomic():
        rows("SELECT set_config('role', 'prayermap_writer', true)")
        for table in ("accounts_user", "accounts_session", "accounts_block", "django_session"):
            assert is_denied(f"SELECT 1 FROM {table}")
        rows("SELECT set_config('role', 'none', true)")


def test_the_login_of_the_server_owns_nothing():
    for statement in (
        "DELETE FROM accounts_user",
        "TRUNCATE accounts_session",
        "DELETE FROM django_admin_log",
    ):
        assert is_denied(statement)


def test_every_table_of_people_has_row_level_security():
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relname, relrowsecurity FROM pg_class WHERE relname = ANY (%s)",
                       [["accounts_user", "accounts_session", "accounts_block"]])  # fmt: skip
        assert sorted(cursor.fetchall()) == [
            ("accounts_block", True),
            ("accounts_session", True),
            ("accounts_user", True),
        ]


def test_signing_in_and_out_needs_no_more_than_the_logins_rights(ruth):
    session = Session.objects.create(user=ruth, expires_at=now() + timedelta(days=1))
    session.delete()
