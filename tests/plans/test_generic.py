"""What a request asks of months is planned once for a connection: planning 25 of them takes longer than asking."""

import pytest

from tests.messaging.actors import actor
from tests.messaging.lines import owner
from tests.plans.test_plans import SMALL, fill
from tests.plans.watching import watching

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
#: Functions that members may execute and that name such a table, without the setting: it must earn something, and the plan
#: of a day on which there is next to nothing must be shown (below) to be right later.
EXCEPT = {
    "search_messages": "asks each month by its name, in a statement that is made anew",
    "own_sent": "a plan made while there is next to nothing reads all that one has sent",
    "own_revisions": "nothing to earn: half a millisecond as it is",
    "visible_attachments": "nothing to earn: PostgreSQL keeps a plan by itself after five calls",
    "release_attachments": "seldom: where messages are deleted",
    "queue_messages": "seldom: what a client could not send at once",
    "report_message": "seldom, so that a connection hardly ever keeps a plan",
    "report_member": "as above",
    "report_conversation": "as above",
}

#: What is analysed while there is next to nothing.
PEOPLE = ("accounts_user", "accounts_session", "participant", "conversation")
MESSAGES = ("message", "message_author", "personal_mark", "reaction", "delivery_status", "mention")
#: Functions that keep a plan and aren't asked here.
ELSEWHERE = {
    "mark_receipts": "a batch of the writer's: test_plans.py asks it of tables that are analysed, test_marks.py of months",
}


def test_functions_of_requests_that_read_months_plan_once():
    rows = owner(
        r"""
        SELECT p.proname AS name FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = 'public'::regnamespace AND l.lanname IN ('sql', 'plpgsql')
          AND has_function_privilege('prayermap_member', p.oid, 'EXECUTE')
          AND p.prosrc ~ '\m(FROM|JOIN)\s+(message|reaction|message_revision|delivery_status)\M'
          AND NOT coalesce(p.proconfig, '{}') @> ARRAY['plan_cache_mode=force_generic_plan']
        """
    )
    assert {row.name for row in rows} == EXCEPT.keys()


def test_the_servers_login_starts_no_workers_and_compiles_nothing():
    (row,) = owner("SELECT rolconfig FROM pg_roles WHERE rolname = 'prayermap_app'")
    assert {"max_parallel_workers_per_gather=0", "jit=off"} <= set(row.rolconfig)


@pytest.mark.parametrize(
    "analysed", [(), PEOPLE, MESSAGES, PEOPLE + MESSAGES], ids=["nothing", "people", "messages", "all"]
)
def test_a_plan_of_the_first_day_is_right_when_there_are_many(analysed):
    """A connection that has asked while there was next to nothing keeps its plans, until something analyses again."""
    reader, writer, amos = (actor() for _ in range(3))
    room = amos.group(reader, title="Small")
    amos.say(room, "Peace")
    sign_in(amos, times=1)
    with watching() as look:
        forget_statistics()
        for table in analysed:
            owner(f"ANALYZE {table}")
        for functions in (READING, CHANGING, MEMBERS):
            first = look("none", amos.id, asked_of(amos, room, functions))
            assert any(node.relation.startswith(read_by(functions)) for node in first.nodes)
        fill(reader, writer, is_analysed=False)
        sign_in(writer, times=2 * SMALL)
        (big,) = owner("SELECT id::text FROM conversation WHERE title = 'C1'")[0]
        for functions in (READING, CHANGING, MEMBERS):
            for statement in asked_of(writer, big, functions):
                found = look("none", writer.id, [statement])
                assert any(node.relation.startswith(read_by(functions)) for node in found.nodes), statement
                assert [node for node in found.nodes if node.rows > SMALL] == [], statement


def test_each_function_that_keeps_its_plan_is_asked_here():
    rows = owner(
        "SELECT p.proname AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
        " AND p.proconfig @> ARRAY['plan_cache_mode=force_generic_plan']"
    )
    asked = {function.partition("(")[0] for function in (*READING, *CHANGING, *MEMBERS)}
    assert {row.name for row in rows} - asked == set(ELSEWHERE)


def sign_in(person, times):
    owner(
        "INSERT INTO accounts_session (id, user_id, device_id, refresh_digest, generation, rotated_at, created_at, last_used_at,"
        " expires_at, end_reason) SELECT gen_random_uuid(), %s, '', NULL, 0, now(), now(), now(),"
        " now() + interval '1 day', '' FROM generate_series(1, %s)",
        person.id,
        times,
    )


def forget_statistics():
    """Autovacuum may have left some of an earlier test, of tables that have been emptied since."""
    owner(
        "SELECT pg_clear_relation_stats(schemaname, relname) FROM pg_stat_user_tables WHERE schemaname = 'public'"
    )
    owner(
        "SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited) FROM pg_stats"
        " WHERE schemaname = 'public'"
    )


#: Of a conversation's id, its newest messages' ids and newest number, the member who asks.
READING = (
    "unread_counts(ARRAY['{room}']::uuid[])", "unread_heads(ARRAY['{room}']::uuid[])", "told_messages('{ids}')",
    "missed_messages('{room}', {seq} - 20, {seq}, 100)", "reactions_of('{ids}')",
    "answers_of('{room}', {seq}, 50)", "message_delivery('{room}', {seq}, NULL, 50)",
    "find_message('{room}', {seq})", "changed_messages('{room}', {seq} - 20, 51)",
    "history_page('{room}', NULL, NULL, 50, uuid7_floor(now() - interval '90 days'))",
    "history_quotes('{room}', '{member}', 1, ARRAY[{seq}]::bigint[], uuid7_floor(now() - interval '90 days'))",
    "latest_messages('{{{member}}}', '{{{latest}}}', '{{1}}', uuid7_floor(now() - interval '90 days'))",
)  # fmt: skip
#: These read no message.
MEMBERS = (
    "shared_marks('{room}', 256)", "my_memberships(NULL, NULL, 501)", "my_conversations(NULL, NULL, NULL, NULL, NULL, 0, 50)",
    "first_members('{{{room}}}', 10)", "live_session(gen_random_uuid(), now())",
)  # fmt: skip
CHANGING = (
    "set_reaction('{room}', {seq}, '🙏', true)", "star_message('{room}', {seq}, true)",
    "pin_message('{room}', {seq}, true)",
    "remove_message('{room}', {seq})", "edit_message('{room}', {seq}, 'x', NULL)",
)  # fmt: skip


def read_by(functions):
    """How the names of tables begin that each of these reads."""
    return ("participant", "accounts_") if functions is MEMBERS else "message_"


def asked_of(person, room, functions):
    rows = owner(
        "SELECT id::text, seq FROM message WHERE conversation_id = %s ORDER BY seq DESC LIMIT 50", room
    )
    ((member,),) = owner(
        "SELECT id::text FROM participant WHERE conversation_id = %s AND user_id = %s", room, person.id
    )
    known = {
        "room": room,
        "ids": "{" + ",".join(row.id for row in rows) + "}",
        "latest": rows[0].id,
        "seq": rows[0].seq,
        "member": member,
    }
    return [f"SELECT * FROM {function.format(**known)}" for function in functions]
