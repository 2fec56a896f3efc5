"""The second lock: what PostgreSQL itself lets the role of the admin site see."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from moderation.enums import Right
from moderation.models import AuditEntry
from moderation.rules import RIGHTS
from prayermap.lib.acting import acting_as_staff
from prayermap.lib.times import utc_now
from tests.factories import make_user
from tests.moderation.entering import make_person
from tests.moderation.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)

FORBIDDEN = (
    "SELECT content FROM message",
    "SELECT payload FROM message",
    "SELECT mentions FROM message",
    "SELECT request_digest FROM message",
    "SELECT * FROM message",
    "SELECT title FROM conversation",
    "SELECT description FROM conversation",
    "SELECT user_id FROM participant",
    "SELECT me_rev FROM participant",
    "SELECT read_at FROM participant",
    "SELECT muted_until FROM participant",
    "SELECT 1 FROM message_author",
    "SELECT 1 FROM direct_pair",
    "SELECT 1 FROM client_key",
    "SELECT password FROM accounts_user",
    "SELECT blocked_member FROM accounts_block",
    "SELECT 1 FROM django_session",
    "SELECT args FROM procrastinate_jobs",
    "SELECT lock FROM procrastinate_jobs",
    "UPDATE message SET state = 'hidden'",
    "DELETE FROM message",
    "UPDATE participant SET role = 'owner'",
    "UPDATE conversation SET is_private = false",
    "DELETE FROM mention",
    "SELECT silenced_until FROM participant",
    "SELECT 1 FROM case_party",
    "SELECT reporter_id FROM report",
    "SELECT 1 FROM sanction",
    "SELECT 1 FROM audit_seal",
    "UPDATE moderation_case SET state = 'closed'",
    "UPDATE moderation_case SET claimed_until = now()",
    "UPDATE report SET outcome = 'acted'",
    "INSERT INTO decision (id) VALUES (gen_random_uuid())",
    "UPDATE decision SET state = 'effective'",
    "UPDATE appeal SET state = 'granted'",
    "UPDATE evidence SET body = '{}'",
    "DELETE FROM evidence",
    "DELETE FROM case_note",
    "UPDATE accounts_user SET banned_at = now()",
    "UPDATE accounts_user SET suspended_until = NULL",
    "INSERT INTO audit_entry (number) VALUES (1)",
    "DELETE FROM audit_detail",
    "UPDATE audit_identity SET user_id = user_id",
)


def rows(sql, *args):
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        return cursor.fetchall()


@pytest.fixture
def moderator():
    return make_person("moderator")


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_staff_may_not(moderator, statement):
    with acting_as_staff(moderator), pytest.raises(DatabaseError) as caught, transaction.atomic():
        rows(statement)
    assert caught.value.__cause__.sqlstate == "42501"


def test_no_partition_is_a_way_round(moderator):
    make_world()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'message'::regclass"
        )
        partitions = [name for (name,) in cursor.fetchall()]
    assert partitions
    for name in partitions:
        with acting_as_staff(moderator), pytest.raises(DatabaseError), transaction.atomic():
            rows(f"SELECT id FROM {name}")


def test_only_named_members_are_named(moderator):
    world = make_world()
    with acting_as_staff(moderator):
        assert rows("SELECT * FROM participant_people(%s)", [world.named.pk, world.anonymous.pk]) == [
            (world.named.pk, world.ruth.pk, "Ruth")
        ]
        assert len(rows("SELECT * FROM named_participants(%s, 9)", world.ruth.pk)) == 1
        assert rows("SELECT * FROM named_participants(%s, 9)", world.lydia.pk) == []
        assert rows("SELECT * FROM named_client_keys(%s, 9)", world.lydia.pk) == []
        assert rows("SELECT DISTINCT participant_id FROM delivery_status") != []
        assert (world.anonymous.pk,) not in rows("SELECT participant_id FROM delivery_status")


@pytest.mark.parametrize("function", ["participant_people", "named_participants", "named_client_keys"])
def test_the_functions_are_for_staff_only_and_fix_their_search_path(function):
    found = rows(
        """SELECT prosecdef, proconfig, array(
             SELECT grantee::regrole::text FROM aclexplode(proacl) WHERE privilege_type = 'EXECUTE' ORDER BY 1)
           FROM pg_proc WHERE proname = %s""",
        function,
    )
    assert found == [(True, ["search_path=public, pg_temp"], ["prayermap_owner", "prayermap_staff"])]


# --- rights in PostgreSQL, and the same in Python ------------------------------------------------------------


def test_both_know_the_same_rights():
    found: dict[str, set[str]] = {}
    for role, may in rows("SELECT role, may FROM role_rights()"):
        found.setdefault(role, set()).add(may)
    assert found == {role.value: {right.value for right in rights} for role, rights in RIGHTS.items()}


@pytest.mark.parametrize("role", RIGHTS)
def test_a_role_has_its_rights_and_no_other(role):
    person = make_person(role)
    for right in Right:
        with acting_as_staff(person):
            assert rows("SELECT has_right(%s)", right.value) == [(right in RIGHTS[role],)], right


@pytest.mark.parametrize(
    "change",
    [
        {"is_staff": False}, {"is_active": False}, {"banned_at": utc_now(), "suspension_reason_code": "x"},
        {"suspended_until": utc_now() + timedelta(days=1), "suspension_reason_code": "x"},
    ],
)  # fmt: skip
def test_who_isnt_let_in_has_no_right(moderator, change):
    User.objects.filter(pk=moderator.pk).update(**change)
    with acting_as_staff(moderator):
        assert rows("SELECT has_right('case.read')") == [(False,)]


@pytest.mark.parametrize("role", ["privacy officer", "administrator"])
def test_who_reads_no_cases_finds_none(role):
    make_world()
    with acting_as_staff(make_person(role)):
        for table in ("moderation_case", "decision", "evidence", "report", "case_note"):
            assert rows(f"SELECT count(*) FROM {table}") == [(0,)], table


def test_words_are_read_by_looking_only(moderator):
    make_world()
    with acting_as_staff(moderator):
        ((case,),) = rows("SELECT id FROM moderation_case")
        for table in ("evidence", "report", "case_note"):
            assert rows(f"SELECT count(*) FROM {table}") == [(0,)], table
        assert rows("SELECT look_into_case(%s)", case) == [(True,)]
        for table in ("evidence", "report", "case_note"):
            assert rows(f"SELECT count(*) > 0 FROM {table}") == [(True,)], table
    with acting_as_staff(moderator):
        assert rows("SELECT count(*) FROM evidence") == [(0,)], "the look ended with its transaction"
    assert AuditEntry.objects.using("owner").filter(action="case.looked_into", case_id=case).count() == 1


def test_roles_are_given_by_those_who_may_and_never_to_oneself(moderator):
    amos = make_user("Amos", is_staff=True)
    group = Group.objects.get(name="moderator").pk
    give = "INSERT INTO accounts_user_groups (user_id, group_id) VALUES (%s, %s)"
    with acting_as_staff(moderator), pytest.raises(DatabaseError), transaction.atomic():
        rows(give, amos.pk, group)
    administrator = make_person("administrator")
    with acting_as_staff(administrator), pytest.raises(DatabaseError), transaction.atomic():
        rows(give, administrator.pk, group)
    with acting_as_staff(administrator):
        amos.groups.add(group)
    entry = AuditEntry.objects.using("owner").latest("number")
    assert (entry.action, entry.subject_kind) == ("role.given", "person")
