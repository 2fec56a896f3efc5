"""Whatever is done to the audit trail behind its back, with the triggers off, is found and placed."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction

from accounts.models import User
from moderation.chain import hash_of
from moderation.models import AuditDetail, AuditEntry, AuditIdentity, AuditSeal
from moderation.queries.verification import Problem, verify_audit
from moderation.services.auditing import record, seal_newest
from prayermap.lib.acting import acting_as, acting_as_staff
from prayermap.lib.times import utc_now
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

LATER = timedelta(hours=1)


@pytest.fixture
def people() -> list[User]:
    return [make_user("Miriam"), make_user("Micah")]


@pytest.fixture
def trail(people) -> list[int]:
    """Eight entries of two moderators about two people."""
    numbers = []
    for turn in range(8):
        with acting_as_staff(people[turn % 2]):
            numbers.append(
                record(
                    action="case.noted", subject_kind="person", subject=people[(turn + 1) % 2].pk, turn=turn
                )
            )
    assert numbers == list(range(1, 9))
    assert verify().is_whole
    return numbers


def verify(after: timedelta = timedelta()):
    return verify_audit(now=utc_now() + after, using="owner")


OFF = """
ALTER TABLE audit_entry DISABLE TRIGGER USER, DROP CONSTRAINT audit_entry_number;
ALTER TABLE audit_detail DISABLE TRIGGER USER
"""
ON = """
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only,
  ADD CONSTRAINT audit_entry_number CHECK (number >= 1) NOT VALID;
ALTER TABLE audit_detail ENABLE ALWAYS TRIGGER audit_detail_unchanged
"""


def tamper(*statements: str) -> None:
    """As the one who owns the tables, with every lock off."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(OFF)
        try:
            with transaction.atomic(using="owner"):
                for statement in statements:
                    cursor.execute(statement)
        finally:
            cursor.execute(ON)


def rehash_from(number: int) -> None:
    """Compute the hashes anew, as somebody does who knows how."""
    entries = list(AuditEntry.objects.using("owner").order_by("number"))
    before = b""
    for entry in entries:
        digest = hash_of(before, entry)
        if entry.number >= number:
            tamper(f"UPDATE audit_entry SET hash = '\\x{digest.hex()}' WHERE number = {entry.number}")
        before = digest if entry.number >= number else bytes(entry.hash)


@pytest.mark.parametrize(
    ("statements", "where"),
    [
        pytest.param(["UPDATE audit_entry SET action = 'case.closed' WHERE number = 4"], {4}, id="action"),
        pytest.param(["UPDATE audit_entry SET at = at - interval '1 us' WHERE number = 4"], {4}, id="time"),
        pytest.param(
            ["UPDATE audit_entry e SET actor = o.actor FROM audit_entry o WHERE e.number = 4 AND o.number = 5"],
            {4}, id="actor",
        ),
        pytest.param(["UPDATE audit_entry SET subject = gen_random_uuid() WHERE number = 4"], {4}, id="subject"),
        pytest.param(["UPDATE audit_entry SET case_id = gen_random_uuid() WHERE number = 4"], {4}, id="case"),
        pytest.param(
            ["DELETE FROM audit_detail WHERE entry_id = 4", "DELETE FROM audit_entry WHERE number = 4"],
            {4, 5}, id="one removed",
        ),
        pytest.param(
            ["UPDATE audit_entry SET number = -1 WHERE number = 3", "UPDATE audit_entry SET number = 3 WHERE number = 4",
             "UPDATE audit_entry SET number = 4 WHERE number = -1"],
            {3, 4, 5}, id="two exchanged",
        ),
        pytest.param(
            [("INSERT INTO audit_entry SELECT 9, now(), action, actor, subject_kind, subject, case_id, detail_digest, covers,"
             " hash FROM audit_entry WHERE number = 8")],
            {9}, id="one added at the end",
        ),
        pytest.param(["UPDATE audit_detail SET body = '{}' WHERE entry_id = 4"], {4}, id="detail"),
        pytest.param(["DELETE FROM audit_detail WHERE entry_id = 4"], {4}, id="detail removed"),
        pytest.param(
            ["DELETE FROM audit_detail WHERE entry_id > 6", "DELETE FROM audit_entry WHERE number > 6"],
            {7, 8}, id="end cut off",
        ),
        pytest.param(
            ["DELETE FROM audit_detail WHERE entry_id > 6", "DELETE FROM audit_entry WHERE number > 6",
             "DELETE FROM audit_seal WHERE number > 6"],
            {7}, id="end cut off with its seals",
        ),
        pytest.param(["DELETE FROM audit_detail; DELETE FROM audit_entry; DELETE FROM audit_seal"], {1}, id="all"),
        pytest.param(["UPDATE audit_seal SET mac = sha256('x') WHERE number = 4"], {4}, id="seal"),
        pytest.param(["DELETE FROM audit_identity"], {1}, id="names removed"),
    ],
)  # fmt: skip
def test_tampering_is_found_and_placed(trail, statements, where):
    tamper(*statements)
    found = verify(LATER)
    assert not found.is_whole
    assert {problem.number for problem in found.problems} == where


def test_another_persons_place_is_no_hiding_place(trail, people):
    """Both names stay there, only exchanged."""
    one, other = AuditIdentity.objects.using("owner").order_by("pk")
    tamper(
        "DELETE FROM audit_identity",
        f"INSERT INTO audit_identity (pseudonym, salt, user_id) VALUES ('{one.pk}', '\\x{bytes(one.salt).hex()}',"
        f" '{other.user_id}'), ('{other.pk}', '\\x{bytes(other.salt).hex()}', '{one.user_id}')",
    )
    assert [problem.problem for problem in verify().problems] == [
        "A pseudonym was given to somebody else."
    ] * 2


def test_a_chain_that_was_hashed_anew_is_given_away_by_its_seals(trail):
    tamper("UPDATE audit_entry SET action = 'case.closed' WHERE number = 4")
    rehash_from(4)
    found = verify()
    assert [problem.number for problem in found.problems] == [4, 5, 6, 7, 8]
    assert "seal" in found.problems[0].problem


def test_a_chain_that_was_hashed_anew_and_never_sealed_is_found(trail):
    tamper(
        "UPDATE audit_entry SET action = 'case.closed' WHERE number = 4",
        "DELETE FROM audit_seal WHERE number > 3",
    )
    rehash_from(4)
    assert [problem.number for problem in verify(LATER).problems] == [4, 4]
    assert "sealed up to entry 8" in verify().problems[0].problem


def test_another_secret_key_is_told_and_a_fallback_is_good(trail, settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "n" * 40
    assert "SECRET_KEY" in verify().problems[0].problem
    settings.SECRET_KEY_FALLBACKS = [old]
    assert verify().is_whole


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET action = 'x.y'", "DELETE FROM audit_entry", "TRUNCATE audit_entry CASCADE",
     "DELETE FROM audit_entry WHERE false", "UPDATE audit_detail SET body = ''"],
)  # fmt: skip
def test_the_owner_is_refused_without_further_ado(trail, statement):
    with pytest.raises(DatabaseError, match="only added to"), connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def test_forgetting_a_person_leaves_the_chain_whole_and_their_name_nowhere(trail, people):
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT forget_in_audit(%s)", [people[0].pk])
        assert cursor.fetchone() == (4,)
    found = verify()
    assert (found.is_whole, found.erased, found.entries) == (True, 4, 9)
    assert not AuditIdentity.objects.using("owner").filter(user_id=people[0].pk).exists()
    assert AuditDetail.objects.using("owner").count() == 5


def test_many_at_once_make_one_chain(people):
    from concurrent.futures import ThreadPoolExecutor

    def work(turn: int) -> int:
        from django.db import connection

        with acting_as_staff(people[turn % 2]):
            number = record(action="case.noted", turn=turn)
        connection.close()
        return number

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(work, range(30))) == list(range(1, 31))
    assert verify().entries == 30
    assert verify().is_whole


def test_the_worker_seals_what_members_and_triggers_added(people):
    with acting_as(people[0]):
        record(action="report.filed")
    found = verify()
    assert (found.is_whole, found.sealed, found.newest) == (True, 0, 1)
    assert verify(LATER).problems == [Problem(1, "Entries 1 to 1 were never sealed.")]
    with transaction.atomic():
        assert seal_newest() == 1
    assert AuditSeal.objects.using("owner").get().number == 1
    assert verify(LATER).is_whole


def test_a_member_says_only_what_members_do(people):
    with acting_as(people[0]), pytest.raises(DatabaseError, match="not for members"), transaction.atomic():
        record(action="case.closed")


def test_the_command_says_where(trail):
    out = StringIO()
    call_command("verify_audit", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "is_whole": True, "entries": 8, "newest": 8, "sealed": 8, "erased": 0, "problems": [],
    }  # fmt: skip
    tamper("UPDATE audit_detail SET body = '{}' WHERE entry_id = 4")
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("verify_audit", stdout=out)
    assert raised.value.returncode == 1
    assert "entry 4: The detail was changed." in out.getvalue()
