"""What the server notices by itself: it opens or joins cases, once, whatever happens to the worker."""

import logging

import psycopg
import pytest
from django.db import connections, transaction

from messaging.models import Message
from moderation.enums import DecisionKind
from moderation.models import AuditDetail, AuditEntry, Case, Report, ScreeningCursor, Unscreened
from moderation.services import screening
from moderation.services.deciding import undo_decision
from moderation.services.screening import screen_batch, screen_new
from prayermap.lib.acting import acting_as_staff
from tests.isolation.tables import WHOSE
from tests.messaging.lines import line, owner
from tests.moderation.cases import claim, decided, evidence_of, flag, newest, steps
from tests.moderation.entering import browser_for

pytestmark = pytest.mark.django_db(transaction=True)
THREAT = "I will kill you, zephaniah"


@pytest.fixture
def group(ruth, amos, lydia) -> str:
    return ruth.group(amos, lydia)


def screen(batch: int = 500) -> int:
    """Until nothing is left."""
    return screen_new(is_over=lambda: False, batch=batch)


def cases() -> list[Case]:
    return list(Case.objects.using("owner").order_by("id"))


def raised() -> list[tuple[str, str, str]]:
    """(kind, signal, reason) of each signal, oldest first."""
    return list(Report.objects.using("owner").order_by("id").values_list("kind", "signal", "reason"))


def test_a_threat_opens_a_case_with_the_text_alone(amos, ruth, group):
    amos.say(group, "good morning")
    amos.say(group, THREAT)
    ruth.say(group, "what?")
    assert screen() == 3
    (case,) = cases()
    assert (case.kind, case.reason, case.priority, case.seq, case.report_count) == (
        "message",
        "violence",
        2,
        2,
        1,
    )
    assert [row.seq for row in evidence_of(case)] == [2]
    assert raised() == [("message", "threat", "violence")]
    assert steps(case) == ["signal.raised"]
    assert Message.objects.using("owner").get(seq=2).state == "live"


def test_nothing_is_screened_twice_and_edits_are_screened_anew(amos, group):
    said = amos.say(group, "good morning")
    assert (screen(), screen()) == (1, 0)
    assert cases() == []
    amos.ok("PATCH", f"conversations/{group}/messages/{said['seq']}/", {"content": THREAT})
    assert (screen(), screen()) == (1, 0)
    assert raised() == [("message", "threat", "violence")]


def test_self_harm_comes_first_with_guidance(amos, ruth, group, miriam, settings):
    settings.DEBUG = True  # a password alone lets in
    flag(ruth, group, reason="violence")
    amos.say(group, "I want to die")
    screen()
    browser = browser_for(miriam)
    queue = browser.get("/admin/cases/").content.decode()
    urgent = newest()
    assert (urgent.reason, urgent.priority) == ("self_harm", 1)
    assert queue.index(str(urgent.pk)) < queue.index(str(cases()[0].pk))
    page = browser.get(f"/admin/cases/{urgent.pk}/").content.decode()
    assert "Somebody may harm themselves" in page
    assert "wording of self-harm" in page
    claim(miriam, urgent)
    words = browser.get(f"/admin/cases/{urgent.pk}/decide/support/").content.decode()
    assert "findahelpline.com" in words


def test_a_signal_joins_the_case_that_members_opened(amos, ruth, group):
    said = amos.say(group, "I'll be dead by morning, I want to die")
    case = flag(ruth, group, said["seq"], reason="other")
    screen()
    case.refresh_from_db(using="owner")
    assert len(cases()) == 1
    assert (case.reason, case.priority, case.report_count) == ("self_harm", 1, 2)


def test_profane_words_open_nothing_alone_and_make_an_open_case_graver(amos, ruth, lydia, group):
    said = amos.say(group, "you f*cking fool")
    screen()
    assert cases() == []
    flag(ruth, group, said["seq"], reason="harassment")
    amos.ok("PATCH", f"conversations/{group}/messages/{said['seq']}/", {"content": "you f*cking idiot"})
    screen()
    assert [row for row in raised() if row[1]] == [("message", "profanity", "other")]
    assert cases()[0].report_count == 2


def test_a_dismissed_text_is_not_raised_again_until_it_changes(amos, group, miriam):
    said = amos.say(group, THREAT)
    screen()
    decided(miriam, newest(), DecisionKind.DISMISS, statement="No rule was broken.")
    owner("INSERT INTO unscreened (kind, subject) SELECT 'message', id FROM message")
    screen()
    assert len(cases()) == 1
    amos.ok("PATCH", f"conversations/{group}/messages/{said['seq']}/", {"content": THREAT + " tomorrow"})
    screen()
    assert [case.state for case in cases()] == ["closed", "open"]


def test_an_anonymous_author_stays_unknown(amos, ruth, group, miriam, settings):
    settings.DEBUG = True
    amos.say(group, THREAT, is_anonymous=True)
    screen()
    (case,) = cases()
    assert case.is_sealed
    (sealed,) = evidence_of(case)
    assert (sealed.body["sender"], sealed.body["sender_name"]) == (None, "Someone")
    page = browser_for(miriam).get(f"/admin/cases/{case.pk}/").content.decode()
    assert "a threat" in page
    assert amos.name not in page
    assert amos.id not in page


def test_a_prayer_is_screened_when_it_is_posted_and_when_it_is_edited(ruth):
    body = {"kind": "request", "title": "Help", "body": "I want to kill myself", "is_anonymous": True}
    ruth.ok("POST", "prayers/", body)
    second = ruth.ok("POST", "prayers/", {"kind": "request", "title": "Rain", "body": "For our fields"})
    screen()
    (case,) = cases()
    assert (case.kind, case.reason, case.is_sealed) == ("prayer", "self_harm", True)
    assert ruth.id not in str(evidence_of(case)[0].body)
    ruth.ok("PATCH", f"prayers/{second['id']}/", {"body": THREAT})
    screen()
    assert [case.reason for case in cases()] == ["self_harm", "violence"]
    assert not Unscreened.objects.using("owner").exists()


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_a_response_is_screened_and_can_be_hidden_and_shown_again(ruth, amos, miriam, settings, is_anonymous):
    settings.DEBUG = True
    prayer = ruth.ok("POST", "prayers/", {"title": "Rain", "body": "For our fields"})["id"]
    path = f"prayers/{prayer}/responses/"
    ruth.ok("POST", path, {"kind": "prayed"})
    amos.ok("POST", path, {"kind": "text", "content": THREAT, "is_anonymous": is_anonymous})
    screen()
    (case,) = cases()
    assert (case.kind, case.reason, case.is_sealed) == ("response", "violence", is_anonymous)
    (sealed,) = evidence_of(case)
    assert (sealed.body["content"], sealed.body["author_name"]) == (
        THREAT,
        "Someone" if is_anonymous else amos.name,
    )
    assert (amos.id in str(sealed.body)) is not is_anonymous
    page = browser_for(miriam).get(f"/admin/cases/{case.pk}/").content.decode()
    assert THREAT in page
    assert (amos.name in page) is not is_anonymous
    decision = decided(miriam, case, DecisionKind.HIDE_RESPONSE, statement="It threatens.")
    assert THREAT not in str(ruth.ok("GET", path))
    (sanction,) = amos.ok("GET", "me/sanctions/")["results"]
    assert (sanction["kind"], sanction["prayer"], sanction["can_appeal"]) == ("hide_response", prayer, True)
    with acting_as_staff(miriam):
        undo_decision(decision_id=decision.pk, kind=decision.kind)
    assert THREAT in str(ruth.ok("GET", path))
    assert not Unscreened.objects.using("owner").exists()


def test_no_text_stands_in_a_log_or_in_the_trail_and_nobody_has_looked(amos, group, caplog, monkeypatch):
    amos.say(group, THREAT)
    with caplog.at_level(logging.DEBUG, logger="moderation"):
        screen()

        def fail(words: str, **_: object) -> None:
            raise ValueError(words)

        monkeypatch.setattr(screening, "judge", fail)  # a text that breaks a rule of ours
        amos.say(group, THREAT)
        assert screen() == 1
    assert "zephaniah" not in caplog.text
    assert "ValueError" in caplog.text
    assert "zephaniah" not in str(list(AuditDetail.objects.using("owner").values_list("body", flat=True)))
    assert not AuditEntry.objects.using("owner").filter(action="case.looked_into").exists()
    assert not [row for row in owner("SELECT args::text FROM procrastinate_jobs") if "zephaniah" in row.args]


def test_a_worker_that_is_killed_leaves_the_batch_to_the_next(amos, group):
    """A batch that ended before its commit is screened again, whole."""
    for number in range(5):
        amos.say(group, f"{THREAT} {number}")
    screen_batch(2)  # how far it may read
    with transaction.atomic(using="owner"):
        assert screen_batch(3) == 3
        transaction.set_rollback(True, using="owner")  # killed
    assert cases() == []
    assert screen(batch=2) == 5
    assert len(cases()) == 5
    assert Report.objects.using("owner").values("subject").distinct().count() == 5


def test_two_workers_at_once_screen_each_text_once(amos, group):
    from concurrent.futures import ThreadPoolExecutor

    for number in range(12):
        amos.say(group, f"{THREAT} {number}")

    def work(_: int) -> int:
        try:
            return screen(batch=2)
        finally:
            connections["owner"].close()

    with ThreadPoolExecutor(3) as pool:
        first = sum(pool.map(work, range(3)))
    assert first + screen() == 12
    assert len(raised()) == len(cases()) == 12


def test_what_is_committed_late_is_not_passed_over(amos, group):
    """A sender that has its time and hasn't committed: those after it wait, and nothing is missed."""
    amos.say(group, "before")
    screen()
    with line("owner") as slow:
        slow.autocommit = False
        slow.execute("SELECT pg_current_xact_id()")
        (row,) = owner("SELECT * FROM message")
        at = slow.execute("SELECT clock_timestamp() AS at").fetchone()
        amos.say(group, "after it")
        assert screen() == 0  # it may still come
        slow.execute(
            "INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, mentions, state,"
            " created_at, hops, has_reactions) VALUES (uuid7_random(%s), %s, 99, 99, %s, false, 'text', %s, '{}', 'live',"
            " %s, 0, false)",
            [at.at, row.conversation_id, row.sender_id, THREAT, at.at],
        )
        slow.commit()
    assert screen() == 2
    assert raised() == [("message", "threat", "violence")]


def test_a_backup_of_another_cluster_doesnt_stop_it(amos, group):
    amos.say(group, THREAT)
    screen()
    owner("UPDATE screening_cursor SET probe_xid = probe_xid + 1000000000")
    amos.say(group, THREAT)
    screen()
    assert len(cases()) == 2


def test_a_member_who_writes_without_pause_is_noticed_once(amos, lydia, group, settings):
    settings.SIGNAL_RATE = 5
    for number in range(7):
        amos.say(group, f"hello {number}")
    lydia.say(group, "hello")
    screen()
    amos.say(group, "hello")
    screen()
    (case,) = cases()
    assert (case.kind, case.reason) == ("member", "spam")
    assert raised() == [("member", "rate", "spam")]
    assert len(evidence_of(case)) == 3


def test_a_new_account_that_writes_to_many_is_noticed_once(amos, ruth, lydia, settings):
    settings.SIGNAL_NEW_CONVERSATIONS = 3
    for other in (ruth, lydia):
        amos.say(amos.direct(other), "hello")
    screen()
    assert cases() == []
    amos.say(amos.group(ruth), "hello")
    screen()
    amos.say(amos.group(ruth), "hello")
    screen()
    (case,) = cases()
    assert (case.kind, case.subject, case.reason) == ("person", amos.user.pk, "spam")
    assert len(evidence_of(case)) == 3


def test_an_old_account_and_anonymous_words_are_no_new_account(amos, ruth, lydia, settings):
    settings.SIGNAL_NEW_CONVERSATIONS = 2
    for other in (ruth, lydia):
        group = amos.group(other, ruth if other is lydia else lydia)
        amos.say(group, "hello", is_anonymous=True)
    screen()
    owner("UPDATE accounts_user SET created_at = created_at - interval '8 days' WHERE id = %s", amos.user.pk)
    for other in (ruth, lydia):
        amos.say(amos.direct(other), "hello")
    screen()
    assert cases() == []


def test_what_is_off_is_not_noticed(amos, group, settings):
    settings.SIGNALS = []
    settings.SIGNAL_RATE = 1
    amos.say(group, THREAT)
    screen()
    assert cases() == []


def test_the_case_of_a_person_is_worked_like_any(amos, ruth, lydia, miriam, settings):
    settings.DEBUG = True
    settings.SIGNAL_NEW_CONVERSATIONS = 2
    for other in (ruth, lydia):
        amos.say(amos.direct(other), "hello")
    screen()
    page = browser_for(miriam).get(f"/admin/cases/{newest().pk}/").content.decode()
    assert "a new account that writes in many conversations" in page
    assert decided(miriam, newest(), DecisionKind.WARN, statement="Please don't.").state == "effective"


@pytest.mark.parametrize("function", ["advance_screening(1)", "next_unscreened(1)"])
@pytest.mark.parametrize("role", ["prayermap_app", "prayermap_member", "prayermap_writer", "prayermap_staff"])
def test_no_role_of_requests_screens(function, role, miriam):
    assert {WHOSE["screening_cursor"], WHOSE["unscreened"]} == {None}
    with line("default") as connection:
        if role != "prayermap_app":
            connection.execute(f"SET ROLE {role}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT * FROM {function}")


def test_the_worker_does_it(amos, group):
    from moderation.tasks import screen as task

    amos.say(group, THREAT)
    task(timestamp=0)
    assert len(cases()) == 1
    assert ScreeningCursor.objects.using("owner").count() == 1
    with acting_as_staff(amos.user):
        assert not Case.objects.exists()
