"""What the catalogue says: who may execute what, and that nothing is granted by the way."""

import psycopg
import pytest

from tests.isolation.tables import WHOSE
from tests.messaging.lines import acting, owner

pytestmark = pytest.mark.django_db(transaction=True)
DENIED = psycopg.errors.InsufficientPrivilege

#: Parameters of type uuid of definer functions that members may execute. None is the person who acts: that one is
#: read from the setting, by person().
UUID_PARAMETERS = {
    "blocked_with(other)": "whom one asks about; says only whether there is a block with oneself",
    "is_person(other)": "whom one wants to block; an id can't be guessed",
    "blocked_names(people)": "narrowed to those whom one has blocked",
    "is_listed_in(conversation)": "where; about oneself",
    "is_active_in(conversation)": "where; about oneself",
    "is_admin_in(conversation)": "where; about oneself",
    "is_new(conversation)": "where; true before anybody is in it",
    "visible_members(conversations)": "where; only one's own conversations",
    "visible_members(ids)": "which members of these conversations",
    "visible_members(after_id)": "the cursor",
    "first_members(conversations)": "where; only one's own conversations",
    "members_page(conversation)": "where; only one's own conversations",
    "members_page(after_id)": "the cursor",
    "changed_members(conversation)": "where; only one's own conversations",
    "unread_counts(conversations)": "where; narrowed to one's own memberships",
    "own_anonymous(messages)": "which messages; narrowed to one's own",
    "member_names(members)": "whose names; only in one's own conversations",
    "claim_direct(other)": "the other one of the pair",
    "record_direct(conversation)": "the conversation that one has just made",
    "record_direct(other)": "the other one of the pair",
    "invitable(people)": "whom one invites",
    "join_conversation(conversation)": "where one enters oneself",
    "step_member(conversation)": "where one takes a step oneself",
    "change_member(member)": "whom; an admin there is who acts",
    "invite_again(conversation)": "where; an admin there, or the other of two, is who acts",
    "invite_again(other)": "whom one invites again",
    "recount_members(conversation)": "counts what is there: the same for everybody",
    "hand_over(conversation)": "where; does something only where no owner is left",
    "has_other_owner(conversation)": "where one is active",
    "has_other_owner(member)": "whom not to count",
    "step_renamed(after_id)": "the cursor; only one's own memberships",
    "search_messages(conversation)": "where; only in one's own memberships",
    "search_messages(after_id)": "the cursor",
    "typing_members(conversation)": "where one is active",
    "typing_members(members)": "which members",
    "is_visible_anonymous(member)": "whom one wants to block",
    "visible_attachments(ids)": "which files; narrowed to one's own and those of messages that one sees",
    "record_upload(attachment)": "the id of one's new upload",
    "record_upload(blob)": "the id of its file, from which its name follows",
    "release_attachments(messages)": "which messages; does something only for those that are gone",
    "lock_conversations_of_prayer(prayer)": "of which prayer; nothing where it isn't one's own",
    "is_my_prayer(prayer)": "which; about oneself",
    "change_prayer(prayer)": "which; its author is who acts",
    "delete_prayer(prayer)": "which; its author is who acts",
    "prayer_faces(prayers)": "which; nobody behind an anonymous one, but that it is one's own",
    "response_faces(responses)": "which; nobody behind an anonymous one, but that it is one's own",
    "prayers_page(before_id)": "the cursor",
    "my_prayers_page(before_id)": "the cursor",
    "map_told_lines(lines)": "which; only what is on the map, the same for everybody",
    "map_told_lines(prayers)": "of which prayers; only what is on the map, the same for everybody",
    "responses_page(prayer)": "of which prayer; the same for everybody but for one's blocks",
    "responses_page(before_id)": "the cursor",
    "report_message(conversation)": "where; only what one can see there",
    "report_message(fresh_report)": "the id of the report",
    "report_message(fresh_case)": "the id of the case, if it is the first",
    "report_member(conversation)": "where; only one's own conversations",
    "report_member(member)": "whom",
    "report_member(fresh_report)": "the id of the report",
    "report_member(fresh_case)": "the id of the case, if it is the first",
    "report_conversation(conversation)": "where; only one's own conversations",
    "report_conversation(fresh_report)": "the id of the report",
    "report_conversation(fresh_case)": "the id of the case, if it is the first",
    "report_prayer(prayer)": "which",
    "report_prayer(fresh_report)": "the id of the report",
    "report_prayer(fresh_case)": "the id of the case, if it is the first",
    "file_appeal(sanction_id)": "which; only one's own",
    "file_appeal(fresh_appeal)": "the id of the appeal",
    "file_appeal(fresh_case)": "the id of its case",
    "works_on_message(message)": "which; about oneself",
    "append_audit(subject)": "what was done to it; who did it is the person who acts",
    "append_audit(case_id)": "in which case",
    "open_notifications(users)": "who is told; who acts never is",
    "open_notifications(ids)": "ids of new rows",
    "open_notifications(subject)": "what about",
    "open_notifications(conversation)": "what about",
    "open_notifications(prayer)": "what about",
    "close_own_notifications(ids)": "which of one's own",
    "close_own_notifications(conversation)": "of which conversation, of one's own",
    "just_settled(subject)": "what about; says only what was closed a moment ago",
    "just_settled(person)": "whose membership has just been changed",
    "register_device(id)": "the id of the device",
    "register_device(session)": "the sign-in that it hangs on",
    "register_device(client)": "the client_id",
    "notify_again(conversations)": "where; about oneself",
    "unread_heads(conversations)": "where; narrowed to one's own memberships",
    "edit_message(conversation)": "where; one's own message there",
    "delete_message(conversation)": "where; one's own message there",
    "anonymise_message(conversation)": "where; one's own message there",
    "set_reaction(conversation)": "where; as oneself",
    "reactions_of(messages)": "which messages; only what one can see, and how many, not who",
    "pin_message(conversation)": "where; an admin there, or one of two, is who acts",
    "star_message(conversation)": "where; one's own star",
    "set_disappearing(conversation)": "where; an admin there, or one of two, is who acts",
    "borrow_attachment(message)": "whose file; only what one can see",
    "borrow_attachment(fresh)": "the id of the new upload",
    "own_sent(client_ids)": "which; one's own only",
    "answers_of(conversation)": "where one is active",
    "message_delivery(conversation)": "where; of one's own message",
    "message_delivery(after_id)": "the cursor",
    "own_revisions(message)": "which message; one's own only",
    "remove_message(conversation)": "where; out of one's own sight",
}

FUNCTIONS = """
SELECT p.oid, p.proname AS name, p.prosecdef AS is_definer, p.proconfig AS settings, p.proargnames AS names,
  p.proargtypes::oid[] AS types, p.prorettype::regtype::text AS returned,
  has_function_privilege('prayermap_member', p.oid, 'EXECUTE') AS by_member,
  has_function_privilege('prayermap_writer', p.oid, 'EXECUTE') AS by_writer,
  EXISTS (SELECT 1 FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0) AS by_public
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
#: What policies call: the roles that the policies are for must be able to, whoever they are.
OF_POLICIES = {"is_listed_in", "is_active_in", "is_admin_in", "is_new"}


def test_every_definer_function_fixes_its_search_path():
    definers = [row for row in owner(FUNCTIONS) if row.is_definer]
    assert len(definers) > 30
    # Nobody may create anything in either.
    fixed = {"search_path=public, pg_temp", "search_path=public, archive, pg_temp"}
    loose = [row.name for row in definers if fixed.isdisjoint(row.settings or [])]
    assert loose == []


def test_no_definer_function_is_for_everybody_but_those_of_policies():
    found = {row.name for row in owner(FUNCTIONS) if row.is_definer and row.by_public}
    assert found <= OF_POLICIES


def test_no_definer_function_takes_the_person_who_acts():
    """A new parameter of type uuid, uuid[] or a row needs its line above."""
    plain = {row.oid for row in owner(
        "SELECT oid FROM pg_type WHERE oid = ANY (ARRAY['uuid'::regtype, 'uuid[]'::regtype]::oid[])"
        " OR typrelid IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace)")}  # fmt: skip
    found = {
        f"{row.name}({name})"
        for row in owner(FUNCTIONS) if row.is_definer and row.by_member
        for name, type_ in zip(row.names or [], row.types, strict=False) if type_ in plain
    }  # fmt: skip
    assert found == set(UUID_PARAMETERS)


def test_the_writer_executes_the_batches_the_steps_of_the_outbox_and_what_everybody_is_told():
    found = {row.name for row in owner(FUNCTIONS) if row.is_definer and row.by_writer and not row.by_public}
    assert found == {
        "send_messages", "mark_receipts", "claim_queued", "hold_queued", "finish_queued", "settle_queued",
        "told_messages", "reader_of", "missed_messages", "expire_messages", "release_attachments", "settle_notifications",
        "presence_circles", "fade_old_messages",
        "count_old_messages", "people_listing",
    }  # fmt: skip


def test_partitions_are_secured_and_granted_to_nobody():
    partitions = owner(
        "SELECT c.relname AS name, c.relrowsecurity AS secured, (SELECT count(*) FROM aclexplode(c.relacl) a"
        " WHERE a.grantee <> c.relowner) AS grants FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'"
    )
    assert len(partitions) >= 16
    assert [row.name for row in partitions if not row.secured or row.grants] == []


def test_nothing_is_granted_by_default():
    assert owner("SELECT defaclrole::regrole FROM pg_default_acl") == []


def test_no_role_of_requests_passes_by_row_level_security_or_owns_anything():
    roles = ["prayermap_app", "prayermap_member", "prayermap_writer", "prayermap_staff"]
    assert (
        owner("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolbypassrls)", roles)
        == []
    )
    owned = "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = ANY (%s)"
    assert owner(owned, roles) == []


@pytest.mark.parametrize("function", ["send_messages", "mark_receipts"])
@pytest.mark.parametrize("role", ["none", "prayermap_member", "prayermap_staff"])
def test_the_batch_functions_are_the_writers_alone(function, role, line):
    with pytest.raises(DENIED), acting(line, role):
        line.execute(f"SELECT * FROM {function}('[]')")
    with acting(line, "prayermap_writer"):
        line.execute(f"SELECT * FROM {function}('[]')")


@pytest.mark.parametrize("function", ["write_messages", "write_marks"])
@pytest.mark.parametrize("role", ["prayermap_member", "prayermap_writer", "prayermap_staff"])
def test_what_the_writers_call_is_the_login_s_alone_and_the_role_ends_with_it(function, role, line):
    with pytest.raises(DENIED), acting(line, role):
        line.execute(f"SELECT * FROM {function}('[]')")
    line.execute(f"SELECT * FROM {function}('[]')")
    assert line.execute("SELECT current_user::text AS role").fetchone().role == "prayermap_app"


@pytest.mark.parametrize("role", ["none", "prayermap_member", "prayermap_writer", "prayermap_staff"])
def test_the_long_way_of_sends_is_for_send_messages_alone(role, line):
    with pytest.raises(DENIED), acting(line, role):
        line.execute("SELECT * FROM send_any_messages('[]')")


@pytest.mark.parametrize("call", ["told_messages('{}')", "missed_messages(gen_random_uuid(), 0, 9, 9)"])
@pytest.mark.parametrize("role", ["none", "prayermap_member", "prayermap_staff"])
def test_messages_as_the_hubs_know_them_are_for_no_person(call, role, line):
    """They name the sealed author."""
    with pytest.raises(DENIED), acting(line, role):
        line.execute(f"SELECT * FROM {call}")


@pytest.mark.parametrize("table", WHOSE)
def test_the_writer_reads_and_writes_no_table(table, line):
    for statement in (f"SELECT 1 FROM {table}", f"DELETE FROM {table}"):
        with pytest.raises(DENIED), acting(line, "prayermap_writer"):
            line.execute(statement)


@pytest.mark.parametrize("table", [table for table in WHOSE if not table.startswith("accounts_")])
def test_the_login_itself_sees_no_conversation(table, line):
    """Code that forgot `acting_as`."""
    with pytest.raises(DENIED):
        line.execute(f"SELECT 1 FROM {table}")
