"""The second lock: what PostgreSQL itself lets the role of the admin site see."""

import pytest
from django.db import DatabaseError, connection, transaction

from prayermap.lib.acting import acting_as_staff
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
