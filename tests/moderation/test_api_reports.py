"""Reporting over REST: what is answered, and what is kept."""

import pytest

from moderation.models import AuditEntry, Case, CaseParty, Report
from tests.messaging.actors import actor, new_id
from tests.moderation.cases import evidence_of, flag, newest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(ruth, amos, lydia) -> str:
    """Ruth owns it; Amos writes six messages, Lydia two."""
    conversation = ruth.group(amos, lydia)
    for number in range(1, 7):
        amos.say(conversation, f"Word {number}")
    lydia.say(conversation, "Seven")
    lydia.say(conversation, "Eight")
    return conversation


def case_of(conversation: str) -> Case:
    return Case.objects.using("owner").get(conversation_id=conversation)


def test_a_report_is_answered_and_kept(ruth, amos, group):
    answer = ruth.post(
        f"conversations/{group}/messages/3/flag/", {"reason": "violence", "note": "He means it."}
    )
    assert answer.status == 201
    body = dict(answer.body)
    assert (body.pop("id"), body.pop("created_at")) != (None, None)
    assert body == {
        "kind": "message", "conversation": group, "seq": 3, "member": None, "prayer": None, "reason": "violence",
        "note": "He means it.", "state": "received", "outcome": None, "reply": "", "closed_at": None,
        "duplicate": False,
    }  # fmt: skip
    case = case_of(group)
    assert (case.kind, case.seq, case.reason, case.priority, case.report_count) == (
        "message",
        3,
        "violence",
        2,
        1,
    )
    assert case.is_sealed is False
    assert str(CaseParty.objects.using("owner").get().user_id) == amos.id
    assert AuditEntry.objects.using("owner").get(action="report.filed").case_id == case.pk


def test_reporting_twice_answers_the_first(ruth, group):
    path = f"conversations/{group}/messages/3/flag/"
    first = ruth.post(path, {"reason": "spam", "note": "one"})
    second = ruth.post(path, {"reason": "violence", "note": "two"})
    assert (first.status, second.status) == (201, 200)
    assert second.body == first.body | {"duplicate": True}
    assert Report.objects.using("owner").count() == 1


def test_a_client_id_is_good_for_one_report(ruth, group):
    body = {"reason": "spam", "client_id": new_id()}
    path = f"conversations/{group}/messages/{{}}/flag/"
    first = ruth.post(path.format(3), body)
    assert ruth.post(path.format(3), body).body == first.body | {"duplicate": True}
    assert ruth.post(path.format(4), body).refusal == (409, "client_id_reused")


def test_reports_about_the_same_gather_and_weigh_more(ruth, lydia, amos, group):
    others = [actor(), actor()]
    for other in others:
        ruth.ok("POST", f"conversations/{group}/members/", {"user": other.id})
        other.ok("POST", f"conversations/{group}/accept/")
    amos.say(group, "Nine")
    case = flag(ruth, group, 9, reason="spam")
    assert (case.priority, case.report_count) == (4, 1)
    flag(lydia, group, 9, reason="spam")
    flag(others[0], group, 9, reason="spam")
    case.refresh_from_db()
    assert (case.priority, case.report_count, case.reason) == (3, 3, "spam")
    due = case.due_at
    flag(others[1], group, 9, reason="self_harm")
    case.refresh_from_db()
    assert (case.priority, case.report_count, case.reason) == (1, 4, "self_harm")
    assert case.due_at < due
    assert Case.objects.using("owner").count() == 1


def test_evidence_is_the_message_and_what_the_reporter_sees_around_it(ruth, group):
    newcomer = actor()
    ruth.ok("POST", f"conversations/{group}/members/", {"user": newcomer.id})
    newcomer.ok("POST", f"conversations/{group}/accept/")
    for number in range(9, 12):
        ruth.say(group, f"Word {number}")
    case = flag(newcomer, group, 10)
    assert [(e.kind, e.seq, e.body["content"]) for e in evidence_of(case)] == [
        ("neighbour", 9, "Word 9"), ("reported", 10, "Word 10"), ("neighbour", 11, "Word 11"),
    ]  # fmt: skip
    older = flag(ruth, group, 3)
    assert [e.seq for e in evidence_of(older)] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_message_that_changed_is_sealed_again_and_the_old_one_stays(ruth, lydia, group):
    from tests.messaging.lines import owner

    case = flag(ruth, group, 3)
    owner("UPDATE message SET content = 'Nothing' WHERE conversation_id = %s AND seq = 3", group)
    flag(lydia, group, 3)
    assert [e.body["content"] for e in evidence_of(case, "reported")] == ["Word 3", "Nothing"]
    assert len(evidence_of(case, "neighbour")) == 7


def test_an_anonymous_author_is_in_no_evidence(ruth, amos, lydia, group):
    said = amos.say(group, "Behind a mask", is_anonymous=True)
    case = flag(lydia, group, said["seq"])
    assert case.is_sealed
    (reported,) = evidence_of(case, "reported")
    assert (reported.body["sender"], reported.body["sender_name"]) == (None, "Someone")
    assert amos.id not in str(reported.body)
    assert str(CaseParty.objects.using("owner").get(case_id=case.pk).user_id) == amos.id


def test_a_member_is_reported_with_what_they_wrote_last(ruth, amos, group):
    path = f"conversations/{group}/members/{amos.member_id(group)}/flag/"
    answer = ruth.post(path, {"reason": "harassment"})
    assert (answer.status, answer.body["kind"], answer.body["member"]) == (
        201,
        "member",
        amos.member_id(group),
    )
    case = newest()
    assert sorted(e.seq for e in evidence_of(case, "said")) == [1, 2, 3, 4, 5, 6]
    assert ruth.post(path, {"reason": "other"}).status == 200


def test_a_conversation_is_reported_and_an_invitation(ruth, amos, group):
    assert amos.post(f"conversations/{group}/flag/", {"reason": "spam"}).body["kind"] == "conversation"
    frame = evidence_of(newest(), "frame")
    assert [e.body["title"] for e in frame] == ["Evening"]
    stranger = actor()
    ruth.ok("POST", f"conversations/{group}/members/", {"user": stranger.id})
    assert stranger.post(f"conversations/{group}/flag/", {"reason": "spam"}).body["kind"] == "invitation"
    case = newest()
    assert [e.kind for e in evidence_of(case)] == ["frame"], "an invited person has seen no message"
    assert str(CaseParty.objects.using("owner").get(case_id=case.pk).user_id) == ruth.id


def test_a_prayer_is_reported_with_its_words(ruth, amos):
    prayer = amos.ok("POST", "prayers/", {"title": "For rain", "body": "Send rain.", "is_anonymous": True})
    answer = ruth.post(f"prayers/{prayer['id']}/flag/", {"reason": "other"})
    assert (answer.status, answer.body["prayer"]) == (201, prayer["id"])
    case = newest()
    assert case.is_sealed
    assert [(e.body["title"], e.body["author_name"], e.body["author"]) for e in evidence_of(case)] == [
        ("For rain", "Someone", None)
    ]
    assert amos.post(f"prayers/{prayer['id']}/flag/", {"reason": "other"}).status == 403
    assert ruth.post(f"prayers/{new_id()}/flag/", {"reason": "other"}).status == 404


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["reason"]),
        ({"reason": "because"}, ["reason"]),
        ({"reason": "spam", "note": "x" * 2001}, ["note"]),
        ({"reason": "spam", "note": 5}, ["note"]),
        ({"reason": "spam", "note": "a\0b"}, ["note"]),
        ({"reason": "spam", "more": 1}, ["more"]),
    ],
)
def test_bad_reports_are_refused(ruth, group, body, fields):
    answer = ruth.post(f"conversations/{group}/messages/3/flag/", body)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), fields)


def test_nobody_reports_themselves(amos, group):
    assert amos.post(f"conversations/{group}/messages/3/flag/", {"reason": "spam"}).refusal == (
        403,
        "forbidden",
    )
    me = amos.member_id(group)
    assert amos.post(f"conversations/{group}/members/{me}/flag/", {"reason": "spam"}).status == 403


def test_an_anonymous_author_doesnt_give_themselves_away_by_reporting(ruth, amos, lydia, group):
    """The refusal is theirs alone: everybody else is answered as for any message."""
    said = amos.say(group, "Behind a mask", is_anonymous=True)
    path = f"conversations/{group}/messages/{said['seq']}/flag/"
    assert amos.post(path, {"reason": "spam"}).status == 403
    assert lydia.post(path, {"reason": "spam"}).status == 201


def test_what_one_cant_see_one_cant_report(ruth, group):
    stranger = actor()
    for path in ("flag/", "messages/3/flag/", f"members/{ruth.member_id(group)}/flag/"):
        assert stranger.post(f"conversations/{group}/{path}", {"reason": "spam"}).refusal == (
            404,
            "not_found",
        )
    assert ruth.post(f"conversations/{group}/messages/99/flag/", {"reason": "spam"}).status == 404
    other = ruth.direct(stranger)
    foreign = stranger.member_id(other)
    assert ruth.post(f"conversations/{group}/members/{foreign}/flag/", {"reason": "spam"}).status == 404
    assert Case.objects.using("owner").count() == 0


def test_ones_own_reports_and_nobody_elses(ruth, lydia, group):
    flag(ruth, group, 3)
    flag(ruth, group, 4)
    flag(lydia, group, 3)
    page = ruth.ok("GET", "me/reports/")
    assert [(row["seq"], row["state"]) for row in page["results"]] == [(4, "received"), (3, "received")]
    first = ruth.ok("GET", "me/reports/?limit=1")
    assert [row["seq"] for row in ruth.ok("GET", first["next"])["results"]] == [3]
    assert "case" not in page["results"][0]


def test_reports_are_limited(ruth, group, settings):
    settings.LIMITS = settings.LIMITS | {"reports": "2/day"}
    flag(ruth, group, 1)
    flag(ruth, group, 2)
    answer = ruth.post(f"conversations/{group}/messages/3/flag/", {"reason": "spam"})
    assert answer.refusal == (429, "rate_limited")
    assert int(answer.headers["Retry-After"]) > 0
