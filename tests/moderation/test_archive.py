"""Whole months go into the archive and come back, and whoever is in the conversation notices nothing."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command

from messaging.queries.partitions import stored_months
from messaging.services import archive as moving
from messaging.services.partitions import create_months
from moderation.enums import CaseState, Outcome
from moderation.models import AuditDetail, AuditEntry, Case, LegalHold
from moderation.queries.verification import verify_audit
from prayermap.lib.times import utc_now
from tests.messaging.lines import acting, as_member, line, owner
from tests.moderation.cases import flag
from tests.moderation.old_months import PARENTS, old_months, say_it_was, schemas_of

pytestmark = pytest.mark.django_db(transaction=True)
JANUARY, FEBRUARY, MARCH = date(2021, 1, 1), date(2021, 2, 1), date(2021, 3, 1)
DENIED = psycopg.errors.InsufficientPrivilege


@pytest.fixture(autouse=True)
def _old_months():
    with old_months(JANUARY, FEBRUARY, MARCH):
        yield


def run(*arguments: str) -> dict:
    out = StringIO()
    call_command(*arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def archived() -> list[str]:
    return run("archive_messages", "--before", "2021-12-31")["archived"]


def refused(*arguments: str) -> int:
    with pytest.raises(CommandError) as error:
        run(*arguments)
    return error.value.returncode


@pytest.fixture
def talk(ruth, amos, lydia) -> str:
    """Three messages of each of two old months and of now, with a reaction, receipts and an earlier text in each."""
    room = ruth.group(amos)
    path = f"conversations/{room}/messages"
    for number in range(1, 10):
        more = {"reply_to": number - 1} if number > 1 else {}
        (ruth if number % 2 else amos).say(room, f"Verse {number}", **more)
    for number in (1, 4, 7):
        (ruth if number % 2 else amos).ok(
            "PATCH", f"{path}/{number}/", {"content": f"Verse {number}, better"}
        )
        lydia_or_amos = amos if number % 2 else ruth
        lydia_or_amos.ok("PUT", f"{path}/{number}/reactions/%F0%9F%95%8A%EF%B8%8F/")
    amos.ok("POST", f"conversations/{room}/receipts/", {"read": 9})
    say_it_was(JANUARY, room, 1, 2, 3)
    say_it_was(MARCH, room, 4, 5, 6)
    return room


def everything(reader, room: str) -> dict[str, object]:
    """All that this person reads of the conversation."""
    path = f"conversations/{room}/messages/"
    return {
        "newest": reader.ok("GET", f"{path}?limit=100"),
        "before": reader.ok("GET", f"{path}?before=6&limit=2"),
        "after": reader.ok("GET", f"{path}?after=0&limit=5"),
        "around": reader.ok("GET", f"{path}?around=4&limit=4"),
        "single": [reader.ok("GET", f"{path}{seq}/") for seq in (1, 4, 9)],
        "conversation": reader.see(room),
        "changes": reader.ok("GET", f"conversations/{room}/changes/?after_rev=0"),
        "search": reader.ok("GET", "messages/search/?q=better"),
    }


def rows() -> dict[str, list[str]]:
    """Every row of every table that has months."""
    return {parent: sorted(str(row) for row in owner(f"SELECT * FROM {parent}")) for parent in PARENTS}


def test_members_read_on_into_the_archive_and_nothing_is_lost_or_doubled(ruth, amos, talk):
    before = [everything(reader, talk) for reader in (ruth, amos)]
    stored = rows()
    assert archived() == ["2021-01", "2021-02", "2021-03"]
    assert [schemas_of(month) for month in (JANUARY, FEBRUARY, MARCH)] == [{"archive"}] * 3
    assert [everything(reader, talk) for reader in (ruth, amos)] == before
    assert len(before[0]["newest"]["results"]) == 9
    assert rows() == stored
    assert owner("SELECT * FROM check_messages()") == []
    assert run("restore_archive") == {"restored": ["2021-01", "2021-02", "2021-03"]}
    assert [schemas_of(month) for month in (JANUARY, FEBRUARY, MARCH)] == [{"public"}] * 3
    assert [everything(reader, talk) for reader in (ruth, amos)] == before
    assert rows() == stored


def test_a_message_with_an_old_id_stands_at_its_number(ruth, talk):
    """Ids are of senders' clocks: the newest message, and one in the middle, may be of an older month than the rest."""
    say_it_was(FEBRUARY, talk, 9)
    say_it_was(JANUARY, talk, 7)
    archived()
    path = f"conversations/{talk}/messages/"
    for query, seqs in (
        ("?limit=100", [9, 8, 7, 6, 5, 4, 3, 2, 1]), ("?limit=1", [9]), ("?limit=2", [9, 8]), ("?before=9&limit=1", [8]),
        ("?before=9&limit=2", [8, 7]), ("?before=8&limit=2", [7, 6]), ("?before=1", []), ("?before=99&limit=3", [9, 8, 7]),
    ):  # fmt: skip
        assert [row["seq"] for row in ruth.ok("GET", path + query)["results"]] == seqs, query
    assert ruth.ok("GET", f"{path}8/")["reply_to"]["preview"] == "Verse 7, better"


def test_outsiders_read_nothing_in_the_archive_and_nobody_names_it(ruth, lydia, talk):
    archived()
    assert lydia.get(f"conversations/{talk}/messages/").refusal == (404, "not_found")
    assert lydia.get(f"conversations/{talk}/messages/1/").refusal == (404, "not_found")
    with line() as request:
        for table in ("message", "delivery_status"):
            assert as_member(request, lydia.id, f"SELECT 1 FROM {table}") == []
        assert len(as_member(request, ruth.id, "SELECT 1 FROM message")) == 9
        for role in ("none", "prayermap_member", "prayermap_writer", "prayermap_staff"):
            for parent in PARENTS:
                with pytest.raises(DENIED), acting(request, role, ruth.id):
                    request.execute(f"SELECT 1 FROM archive.{parent}_2021_01")
            with pytest.raises(DENIED), acting(request, role, ruth.id):
                request.execute("SELECT archive_message_month('2021-01-01', now())")
    secured = owner(
        "SELECT c.relrowsecurity AS on, c.relacl AS granted FROM pg_class c"
        " WHERE c.relnamespace = 'archive'::regnamespace AND c.relkind = 'r'"
    )
    assert [(row.on, row.granted) for row in secured] == [(True, None)] * len(PARENTS) * 3


def test_a_newcomer_sees_as_little_of_the_archive_as_of_the_rest(ruth, lydia, talk):
    archived()
    ruth.ok("POST", f"conversations/{talk}/members/", {"user": lydia.id})
    lydia.ok("POST", f"conversations/{talk}/accept/")
    assert lydia.ok("GET", f"conversations/{talk}/messages/")["results"] == []
    assert lydia.get(f"conversations/{talk}/messages/1/").refusal == (404, "not_found")


def test_dry_run_says_what_would_be_moved_and_moves_nothing(talk):
    said = run("archive_messages", "--before", "2021-03-31", "--dry-run")
    assert said["would_archive"] == ["2021-01", "2021-02"]
    assert schemas_of(JANUARY) == {"public"}
    assert not AuditEntry.objects.using("owner").filter(action__startswith="archive.").exists()


def test_a_legal_hold_keeps_the_months_of_its_conversation_alone(ruth, talk):
    hold = LegalHold.objects.using("owner").create(
        conversation_id=talk, reason="order 9", placed_at=utc_now()
    )
    said = run("archive_messages", "--before", "2021-12-31")
    assert said["archived"] == ["2021-02"]
    assert said["kept"] == [{"month": month, "reason": "legal_hold"} for month in ("2021-01", "2021-03")]
    LegalHold.objects.using("owner").filter(pk=hold.pk).update(released_at=utc_now())
    assert archived() == ["2021-01", "2021-03"]


def test_a_legal_hold_on_a_person_keeps_the_months_of_their_conversations(amos, talk):
    LegalHold.objects.using("owner").create(user=amos.user, reason="order 9", placed_at=utc_now())
    assert archived() == ["2021-02"]


def test_an_open_case_keeps_the_month_of_its_message_until_it_is_closed(ruth, amos, talk):
    case = flag(amos, talk, 1)
    say_it_was(JANUARY, talk, 1)
    said = run("archive_messages", "--before", "2021-12-31")
    assert (said["archived"], said["kept"]) == (
        ["2021-02", "2021-03"],
        [{"month": "2021-01", "reason": "open_case"}],
    )
    Case.objects.using("owner").filter(pk=case.pk).update(
        state=CaseState.CLOSED, closed_at=utc_now(), outcome=Outcome.DISMISSED
    )
    assert archived() == ["2021-01"]


def test_every_month_that_is_moved_stands_in_the_audit_trail(talk):
    owner("ANALYZE message")
    archived()
    run("restore_archive", "--month", "2021-03")
    entries = AuditEntry.objects.using("owner").filter(action__startswith="archive.").order_by("number")
    told = [
        (entry.action, json.loads(AuditDetail.objects.using("owner").get(entry_id=entry.pk).body)["month"])
        for entry in entries
    ]
    assert told == [
        ("archive.month_moved", "2021-01"),
        ("archive.month_moved", "2021-02"),
        ("archive.month_moved", "2021-03"),
        ("archive.month_restored", "2021-03"),
    ]
    assert verify_audit(now=utc_now(), using="owner").is_whole


def test_only_months_that_nobody_writes_to_are_moved():
    for arguments in (
        ("--older-than-days", "-1"), ("--older-than-days", "89"), ("--month", f"{utc_now():%Y-%m}"),
        ("--month", "January"), ("--before", "soon"),
    ):  # fmt: skip
        assert refused("archive_messages", *arguments) == 2, arguments
    assert refused("restore_archive", "--month", "2021-01") == 2
    archived_ = run("archive_messages", "--before", "2999-01-01")["archived"]
    assert archived_ == ["2021-01", "2021-02", "2021-03"]
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        owner("SELECT archive_message_month(date_trunc('month', now())::date, now())")


def test_whoever_is_killed_in_a_month_has_not_begun_it_and_the_next_run_goes_on(monkeypatch, talk):
    """The last step of a month fails in the second: what stands is the first, whole."""
    stored = rows()
    before = moving.move_to_archive

    def killed(month, now):
        done = before(month, now)
        if month == FEBRUARY:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr("moderation.services.archiving.move_to_archive", killed)
    with pytest.raises(SystemExit):
        run("archive_messages", "--before", "2021-12-31")
    assert [schemas_of(month) for month in (JANUARY, FEBRUARY, MARCH)] == [
        {"archive"},
        {"public"},
        {"public"},
    ]
    monkeypatch.undo()
    assert archived() == ["2021-02", "2021-03"]
    assert rows() == stored
    assert archived() == []


def test_a_connection_that_dies_leaves_no_month_half_moved(talk):
    with line("owner") as dying:
        dying.execute("BEGIN")
        dying.execute("SELECT archive_message_month('2021-01-01', now())")
        owner("SELECT pg_terminate_backend(%s, 10000)", dying.info.backend_pid)
    assert schemas_of(JANUARY) == {"public"}
    assert owner("SELECT * FROM archived_month") == []


def test_who_reads_in_a_month_makes_the_archive_give_way_and_sends_go_on(monkeypatch, ruth, talk):
    """A long reader holds the month: the archive tries again, and between its tries everybody writes."""
    monkeypatch.setattr(moving, "TRIES", 3)
    sent = []
    monkeypatch.setattr(moving.time, "sleep", lambda _: None)
    with line("owner") as reader, reader.transaction():
        reader.execute("SELECT 1 FROM message_2021_01 LIMIT 1")
        assert refused("archive_messages", "--month", "2021-01") == 1
        sent.append(ruth.say(talk, "While it was waiting")["seq"])
    assert sent == [10]
    assert schemas_of(JANUARY) == {"public"}
    assert run("archive_messages", "--month", "2021-01")["archived"] == ["2021-01"]


def test_no_lock_on_message_itself(talk):
    """What a month's move holds until its commit: its own tables, and nothing that a send needs."""
    with line("owner") as mover, mover.transaction():
        mover.execute("SELECT archive_message_month('2021-01-01', now())")
        held = mover.execute(
            "SELECT DISTINCT l.relation::regclass::text AS name FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
            " WHERE l.pid = pg_backend_pid() AND l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p')"
            " AND c.relname !~ '^pg_'"
        ).fetchall()
    assert {row.name for row in held} == {f"archive.{parent}_2021_01" for parent in PARENTS}


def test_coming_months_are_made_beside_an_archive(talk):
    archived()
    assert create_months(today=date(2021, 3, 15), ahead=0) == []
    assert schemas_of(JANUARY) == {"archive"}
    stored = {row.month: row for row in stored_months(using="owner")}
    assert stored[JANUARY].is_archived
    assert stored[JANUARY].archived_at > utc_now() - timedelta(hours=1)
    assert stored[JANUARY].bytes > 0
    this = datetime.now(UTC).date().replace(day=1)
    assert not stored[this].is_archived
    assert stored[this].archived_at is None


def test_what_is_said_now_may_answer_what_is_archived(ruth, amos, talk):
    archived()
    said = ruth.say(talk, "Do you remember?", reply_to=1)
    assert said["reply_to"]["preview"] == "Verse 1, better"
