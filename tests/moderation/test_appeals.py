"""Sanctions as those see them whom they hit, and appeals, which somebody else decides."""

from datetime import timedelta

import msgspec
import psycopg
import pytest
from django.utils.timezone import now

from moderation.enums import DecisionKind
from moderation.models import Appeal, Case, Sanction
from moderation.queries.queue import cases
from moderation.services.deciding import approve_decision, undo_decision
from moderation.services.working import claim_case
from prayermap.lib import news
from prayermap.lib.acting import acting_as_staff
from prayermap.lib.errors import NotFound
from prayers.events import MAP, MapChanged
from tests.messaging.actors import new_id
from tests.messaging.lines import owner
from tests.moderation.cases import claim, decided, flag, newest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(ruth, amos, lydia) -> str:
    conversation = ruth.group(amos, lydia)
    amos.say(conversation, "Word 1")
    return conversation


@pytest.fixture
def case(ruth, group) -> Case:
    return flag(ruth, group, 1)


@pytest.fixture
def hidden(case, miriam) -> Sanction:
    decided(miriam, case, DecisionKind.HIDE_MESSAGE, statement="It hurt somebody.")
    return Sanction.objects.using("owner").get()


def appeal_case() -> Case:
    return Case.objects.using("owner").get(kind="appeal")


def test_sanctions_are_read_by_whom_they_hit(hidden, amos, ruth, group):
    (row,) = amos.ok("GET", "me/sanctions/")["results"]
    assert (row.pop("id"), row.pop("created_at")) != (None, None)
    assert row == {
        "kind": "hide_message", "reason": "harassment", "statement": "It hurt somebody.", "conversation": group,
        "seq": 1, "prayer": None, "until": None, "state": "active", "can_appeal": True, "appeal": None,
    }  # fmt: skip
    assert ruth.ok("GET", "me/sanctions/")["results"] == []


def test_words_of_care_are_no_sanction(case, amos, miriam):
    decided(miriam, case, DecisionKind.SUPPORT, statement="We are glad that you are here.")
    (row,) = amos.ok("GET", "me/sanctions/")["results"]
    assert (row["kind"], row["can_appeal"]) == ("support", False)
    assert amos.post(f"me/sanctions/{row['id']}/appeal/", {"text": "Thank you"}).refusal == (409, "conflict")


def test_an_appeal_is_filed_once_and_somebody_else_decides(hidden, case, ruth, amos, group, miriam, micah):
    path = f"me/sanctions/{hidden.pk}/appeal/"
    first = amos.post(path, {"text": "It was a psalm."})
    assert (first.status, first.body["state"], first.body["duplicate"]) == (201, "open", False)
    assert amos.post(path, {"text": "Again"}).body == first.body | {"duplicate": True}
    about = appeal_case()
    assert (about.kind, about.subject, about.priority) == ("appeal", hidden.pk, 3)
    with acting_as_staff(miriam):
        assert not cases().filter(pk=about.pk).exists(), "who decided doesn't see it"
    with acting_as_staff(micah):
        assert cases().filter(pk=about.pk).exists()
    decided(micah, about, DecisionKind.GRANT, statement="You are right.")
    assert ruth.ok("GET", f"conversations/{group}/messages/1/")["state"] == "live"
    (row,) = amos.ok("GET", "me/sanctions/")["results"]
    assert (row["state"], row["appeal"]["state"], row["appeal"]["reply"]) == (
        "lifted",
        "granted",
        "You are right.",
    )
    about.refresh_from_db()
    assert (about.state, about.outcome) == ("closed", "acted")


def test_an_appeal_that_is_turned_down_changes_nothing(hidden, amos, ruth, group, micah):
    amos.ok("POST", f"me/sanctions/{hidden.pk}/appeal/", {"text": "It was a psalm."})
    decided(micah, appeal_case(), DecisionKind.UPHOLD, statement="It stands.")
    assert ruth.ok("GET", f"conversations/{group}/messages/1/")["state"] == "hidden"
    (row,) = amos.ok("GET", "me/sanctions/")["results"]
    assert (row["state"], row["appeal"]["state"]) == ("active", "upheld")


def test_a_prayer_that_an_appeal_shows_again_is_told_to_open_maps(ruth, amos, miriam, micah):
    prayer = amos.ok("POST", "prayers/", {"title": "Rain", "body": "Rain.", "latitude": 1, "longitude": 2})
    ruth.ok("POST", f"prayers/{prayer['id']}/flag/", {"reason": "spam"})
    decided(miriam, newest(), DecisionKind.HIDE_PRAYER, statement="It isn't one.")
    sanction = Sanction.objects.using("owner").get()
    amos.ok("POST", f"me/sanctions/{sanction.pk}/appeal/", {"text": "It has not rained since March."})
    told: list[news.Item] = []
    news.set_carrier(told.extend)
    try:
        decided(micah, appeal_case(), DecisionKind.GRANT, statement="You are right.")
    finally:
        news.set_carrier(None)
    assert ruth.get(f"prayers/{prayer['id']}/").status == 200
    maps = [msgspec.msgpack.decode(raw, type=MapChanged) for topic, raw in told if topic == MAP]
    assert maps == [MapChanged([prayer["id"]], has_left=True, with_lines=True)]


def test_whoever_was_second_doesnt_decide_on_the_appeal_either(case, amos, miriam, micah, senior):
    decision = decided(miriam, case, DecisionKind.BAN, statement="x")
    with acting_as_staff(micah):
        approve_decision(decision_id=decision.pk, kind=decision.kind)
    owner("UPDATE accounts_user SET banned_at = NULL, suspension_reason_code = '' WHERE id = %s", amos.id)
    owner("UPDATE accounts_session SET ended_at = NULL, end_reason = '' WHERE user_id = %s", amos.id)
    sanction = Sanction.objects.using("owner").get()
    amos.ok("POST", f"me/sanctions/{sanction.pk}/appeal/", {"text": "Please."})
    about = appeal_case()
    for person in (miriam, micah):
        with acting_as_staff(person), pytest.raises(NotFound):
            claim_case(case_id=about.pk, version=about.version)
    decided(senior, about, DecisionKind.GRANT, statement="x")
    decision.refresh_from_db()
    assert (decision.state, decision.ended_by_id) == ("undone", senior.pk)


def test_a_sanction_that_was_lifted_needs_no_appeal(hidden, amos, miriam):
    with acting_as_staff(miriam):
        undo_decision(decision_id=hidden.decision_id, kind=hidden.kind)
    assert amos.post(f"me/sanctions/{hidden.pk}/appeal/", {"text": "x"}).refusal == (409, "conflict")


def test_nobody_appeals_for_another(hidden, ruth, amos):
    assert ruth.post(f"me/sanctions/{hidden.pk}/appeal/", {"text": "x"}).refusal == (404, "not_found")
    assert amos.post(f"me/sanctions/{new_id()}/appeal/", {"text": "x"}).status == 404


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": " \u200b"}, {"text": "x" * 4001}, {"text": 1}, {"text": "a\0"}]
)
def test_bad_appeals_are_refused(hidden, amos, body):
    answer = amos.post(f"me/sanctions/{hidden.pk}/appeal/", body)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), ["text"])


def test_a_client_id_is_good_for_one_appeal(hidden, amos):
    path, body = f"me/sanctions/{hidden.pk}/appeal/", {"text": "x", "client_id": new_id()}
    first = amos.post(path, body)
    assert amos.post(path, body).body == first.body | {"duplicate": True}
    assert amos.post(path, body | {"text": "y"}).refusal == (409, "client_id_reused")


def test_a_list_of_sanctions_takes_the_same_queries_for_one_and_three(
    case, amos, miriam, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(3):
        decided(miriam, case, DecisionKind.WARN, statement="x")
        with CaptureQueriesContext(connection) as captured:
            amos.ok("GET", "me/sanctions/")
        counts.append(len(captured))
    assert len(set(counts)) == 1


# --- the constraints themselves, as the owner -------------------------------------------------------------


def refused(constraint: str, statement: str, *args) -> None:
    with pytest.raises(psycopg.errors.IntegrityError) as caught:
        owner(statement, *args)
    assert caught.value.diag.constraint_name == constraint


def test_the_proposer_is_never_the_second_person(case, miriam):
    decision = decided(miriam, case, DecisionKind.BAN, statement="x")
    refused(
        "decision_four_eyes",
        "UPDATE decision SET state = 'effective', approved_by_id = proposed_by_id WHERE id = %s", decision.pk,
    )  # fmt: skip
    refused("decision_two", "UPDATE decision SET state = 'effective' WHERE id = %s", decision.pk)


@pytest.mark.parametrize("kind", ["ban", "bulk_remove", "deanonymise", "purge"])
def test_no_grave_decision_is_made_by_one(case, miriam, kind):
    refused(
        "decision_two",
        "INSERT INTO decision (id, case_id, kind, state, reason, statement, proposed_by_id, proposed_at, is_break_glass)"
        " VALUES (gen_random_uuid(), %s, %s, 'effective', 'other', '', %s, now(), false)",
        case.pk, kind, miriam.pk,
    )  # fmt: skip


def test_a_broken_glass_lapses_in_a_day_and_only_where_it_may_be_broken(case, miriam):
    insert = (
        "INSERT INTO decision (id, case_id, kind, state, reason, statement, proposed_by_id, proposed_at,"
        " is_break_glass, confirm_before) VALUES (gen_random_uuid(), %s, %s, 'effective', 'other', '', %s, now(), true,"
        " now() + %s * interval '1 hour')"
    )
    refused("decision_confirmed_within_a_day", insert, case.pk, "ban", miriam.pk, 48)
    refused("decision_break_glass", insert, case.pk, "purge", miriam.pk, 24)


def test_an_appeal_is_decided_by_another(hidden, amos, miriam, micah):
    amos.ok("POST", f"me/sanctions/{hidden.pk}/appeal/", {"text": "x"})
    decide = "UPDATE appeal SET state = 'upheld', decided_at = now(), decided_by_id = %s"
    refused("appeal_decided_by_another", decide, miriam.pk)
    refused("appeal_first_by", "UPDATE appeal SET first_by_id = %s", micah.pk)
    owner(decide, micah.pk)
    assert Appeal.objects.using("owner").get().decided_by_id == micah.pk


def test_a_mute_ends_by_itself(case, amos, group, miriam):
    decided(miriam, case, DecisionKind.MUTE, statement="x", until=now() + timedelta(seconds=2))
    assert amos.try_say(group).status == 403
    owner(
        "UPDATE participant SET silenced_until = now() - interval '1 second' WHERE silenced_until IS NOT NULL"
    )
    owner("UPDATE sanction SET until = now() - interval '1 second'")
    assert amos.try_say(group).status == 201
    assert amos.ok("GET", "me/sanctions/")["results"][0]["state"] == "ended"


def test_claiming_an_appeal_is_like_any_case(hidden, amos, micah):
    amos.ok("POST", f"me/sanctions/{hidden.pk}/appeal/", {"text": "x"})
    assert claim(micah, appeal_case()).claimed_by_id == micah.pk
