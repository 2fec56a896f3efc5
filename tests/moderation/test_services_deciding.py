"""What decisions do to messages, members, accounts and conversations, and how it is taken back."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from accounts.models import Session, User
from moderation.enums import DecisionKind
from moderation.models import AuditEntry, Case, Decision, Sanction
from moderation.services.deciding import Draft, approve_decision, decide, refuse_decision, undo_decision
from moderation.services.working import claim_case, note_on_case, release_case
from prayermap.lib.acting import acting_as_staff
from prayermap.lib.errors import Conflict, Forbidden, Invalid, NotFound
from prayermap.lib.times import utc_now
from tests.moderation.cases import claim, decided, flag, newest, steps

pytestmark = pytest.mark.django_db(transaction=True)

A_WEEK = timedelta(days=7)


@pytest.fixture
def group(ruth, amos, lydia) -> str:
    """Ruth owns it; Amos has said something."""
    conversation = ruth.group(amos, lydia)
    amos.say(conversation, "Word 1")
    return conversation


@pytest.fixture
def case(ruth, group) -> Case:
    return flag(ruth, group, 1)


# --- one case, two moderators -------------------------------------------------------------------------


def test_a_second_moderator_meets_a_conflict_not_an_overwrite(case, miriam, micah):
    seen = case.version
    with acting_as_staff(miriam):
        claim_case(case_id=case.pk, version=seen)
    with acting_as_staff(micah), pytest.raises(Conflict):
        claim_case(case_id=case.pk, version=seen)
    case.refresh_from_db()
    with acting_as_staff(micah), pytest.raises(Conflict):
        decide(
            case_id=case.pk, version=case.version, draft=Draft(DecisionKind.DISMISS, "other"), now=utc_now()
        )
    assert (case.claimed_by_id, Decision.objects.using("owner").count()) == (miriam.pk, 0)


def test_what_was_seen_in_an_older_version_is_a_conflict(case, miriam):
    claim(miriam, case)
    seen = case.version
    with acting_as_staff(miriam):
        note_on_case(case_id=case.pk, version=seen, text="Asked Ruth.")
    with acting_as_staff(miriam), pytest.raises(Conflict):
        note_on_case(case_id=case.pk, version=seen, text="Asked Ruth.")


def test_a_claim_runs_out_and_can_be_given_back(case, miriam, micah):
    from tests.messaging.lines import owner

    claim(miriam, case)
    owner("UPDATE moderation_case SET claimed_until = now() - interval '1 second'")
    claim(micah, case)
    with acting_as_staff(micah):
        release_case(case_id=case.pk)
    with acting_as_staff(micah), pytest.raises(Conflict):
        release_case(case_id=case.pk)
    claim(miriam, case)


def test_nobody_works_on_a_case_about_themselves_or_of_their_own(ruth, amos, group):
    """A moderator who reports, and one who was reported, see no such case."""
    from django.contrib.auth.models import Group

    case = flag(ruth, group, 1)
    for person in (ruth.user, amos.user):
        person.is_staff = True
        person.save(update_fields=["is_staff"])
        person.groups.add(Group.objects.get(name="moderator"))
        with acting_as_staff(person):
            assert not Case.objects.filter(pk=case.pk).exists()
        with acting_as_staff(person), pytest.raises(NotFound):
            claim_case(case_id=case.pk, version=case.version)


# --- messages -----------------------------------------------------------------------------------------


def test_hiding_a_message_and_showing_it_again(case, ruth, amos, group, miriam):
    decision = decided(miriam, case, DecisionKind.HIDE_MESSAGE, statement="It hurt somebody.")
    hidden = ruth.ok("GET", f"conversations/{group}/messages/1/")
    assert (hidden["state"], hidden["content"], hidden["rev"]) == ("hidden", None, ruth.see(group)["rev"])
    with acting_as_staff(miriam):
        undo_decision(decision_id=decision.pk, kind=decision.kind)
    shown = ruth.ok("GET", f"conversations/{group}/messages/1/")
    assert (shown["state"], shown["content"]) == ("live", "Word 1")
    decision.refresh_from_db()
    assert (decision.state, decision.ended_by_id) == ("undone", miriam.pk)
    assert Sanction.objects.using("owner").get().ended_at is not None


def test_a_removed_message_is_gone_and_its_evidence_is_not(case, ruth, group, miriam):
    from tests.moderation.cases import evidence_of

    decision = decided(miriam, case, DecisionKind.REMOVE_MESSAGE, statement="It hurt somebody.")
    gone = ruth.ok("GET", f"conversations/{group}/messages/1/")
    assert (gone["state"], gone["content"]) == ("deleted", None)
    assert evidence_of(case, "reported")[0].body["content"] == "Word 1"
    with acting_as_staff(miriam), pytest.raises(Conflict):
        undo_decision(decision_id=decision.pk, kind=decision.kind)


def test_what_its_author_deletes_stays_in_the_evidence(case, amos, group, miriam):
    from moderation.models import Evidence

    amos.ok("DELETE", f"conversations/{group}/messages/1/?scope=all")
    claim(miriam, case)
    from tests.moderation.cases import as_staff

    with acting_as_staff(miriam):
        from prayermap.lib.db import call_scalar

        assert call_scalar("look_into_case", case.pk, types="uuid")
        (reported,) = Evidence.objects.filter(kind="reported")
    assert reported.body["content"] == "Word 1"
    assert as_staff(miriam, "fitting_decisions", case.pk, types="uuid").count("hide_message") == 0


def test_two_cases_about_one_message_hold_it_hidden_until_both_let_go(ruth, lydia, group, miriam):
    first = flag(ruth, group, 1)
    one = decided(miriam, first, DecisionKind.HIDE_MESSAGE, statement="x")
    decided(miriam, first, DecisionKind.CLOSE)
    second = flag(lydia, group, 1)
    assert second.pk != first.pk
    with acting_as_staff(miriam):
        undo_decision(decision_id=one.pk, kind=one.kind)
    assert ruth.ok("GET", f"conversations/{group}/messages/1/")["state"] == "live"


def test_a_prayer_is_hidden_and_shown(ruth, amos, miriam):
    prayer = amos.ok("POST", "prayers/", {"title": "Rain", "body": "Send rain."})
    ruth.ok("POST", f"prayers/{prayer['id']}/flag/", {"reason": "spam"})
    decision = decided(miriam, newest(), DecisionKind.HIDE_PRAYER, statement="x")
    assert ruth.get(f"prayers/{prayer['id']}/").status == 404
    with acting_as_staff(miriam):
        undo_decision(decision_id=decision.pk, kind=decision.kind)
    assert ruth.get(f"prayers/{prayer['id']}/").status == 200


# --- members, accounts, conversations --------------------------------------------------------------------


def test_a_muted_member_reads_and_doesnt_write(case, amos, group, miriam):
    other = amos.group()
    decision = decided(miriam, case, DecisionKind.MUTE, statement="A week of rest.", until=now() + A_WEEK)
    assert amos.try_say(group).refusal == (403, "forbidden")
    assert amos.get(f"conversations/{group}/messages/").status == 200
    assert amos.try_say(other).status == 201
    with acting_as_staff(miriam):
        undo_decision(decision_id=decision.pk, kind=decision.kind)
    assert amos.try_say(group).status == 201


def test_the_longer_of_two_suspensions_holds(ruth, amos, group, miriam):
    amos.say(group, "Word 2")
    one = decided(miriam, flag(ruth, group, 1), DecisionKind.SUSPEND, statement="x", until=now() + A_WEEK)
    decided(miriam, flag(ruth, group, 2), DecisionKind.SUSPEND, statement="x", until=now() + A_WEEK / 7)
    user = User.objects.get(pk=amos.user.pk)
    assert user.suspended_until == one.until
    assert amos.get("me/").refusal == (401, "not_authenticated")
    with acting_as_staff(miriam):
        undo_decision(decision_id=one.pk, kind=one.kind)
    user.refresh_from_db()
    assert now() < user.suspended_until < one.until


def test_a_closed_conversation_takes_no_message_and_opens_again(ruth, amos, group, miriam):
    amos.post(f"conversations/{group}/flag/", {"reason": "spam"})
    decision = decided(miriam, newest(), DecisionKind.FREEZE_CONVERSATION)
    assert ruth.try_say(group).refusal == (409, "conflict")
    assert ruth.see(group)["is_active"] is False
    with acting_as_staff(miriam):
        undo_decision(decision_id=decision.pk, kind=decision.kind)
    assert ruth.try_say(group).status == 201


def test_several_decisions_and_a_close_with_a_reply(case, ruth, group, miriam):
    decided(miriam, case, DecisionKind.HIDE_MESSAGE, statement="x")
    decided(miriam, case, DecisionKind.WARN, statement="Please be kind.")
    decided(miriam, case, DecisionKind.CLOSE, statement="Thank you, we have acted.")
    case.refresh_from_db()
    assert (case.state, case.outcome, case.claimed_by_id) == ("closed", "acted", None)
    (report,) = ruth.ok("GET", "me/reports/")["results"]
    assert (report["state"], report["outcome"], report["reply"]) == (
        "closed", "acted", "Thank you, we have acted.",
    )  # fmt: skip
    assert [d.kind for d in Decision.objects.using("owner").order_by("id")] == [
        "hide_message",
        "warn",
        "close",
    ]


def test_a_dismissed_case_is_opened_again(case, miriam):
    decision = decided(miriam, case, DecisionKind.DISMISS)
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "dismissed")
    with acting_as_staff(miriam):
        undo_decision(decision_id=decision.pk, kind=decision.kind)
    case.refresh_from_db()
    assert (case.state, case.outcome, case.closed_at) == ("open", "", None)


def test_what_doesnt_fit_is_a_conflict(case, miriam):
    for kind in (DecisionKind.DEANONYMISE, DecisionKind.UPHOLD, DecisionKind.HIDE_PRAYER):
        with pytest.raises(Conflict):
            decided(miriam, case, kind, statement="x")


@pytest.mark.parametrize(
    "draft",
    [
        Draft(DecisionKind.WARN, "other", ""),
        Draft(DecisionKind.MUTE, "other", "x"),
        Draft(DecisionKind.MUTE, "other", "x", until=now() - A_WEEK),
        Draft(DecisionKind.SUSPEND, "other", "x", until=now() + timedelta(days=400)),
        Draft(DecisionKind.WARN, "other", "x", until=now() + A_WEEK),
        Draft(DecisionKind.WARN, "other", "x" * 4001),
        Draft(DecisionKind.BULK_REMOVE, "other", "x", at_once=True),
    ],
)
def test_bad_drafts_are_refused(case, miriam, draft):
    claim(miriam, case)
    with acting_as_staff(miriam), pytest.raises(Invalid):
        decide(case_id=case.pk, version=case.version, draft=draft, now=utc_now())


# --- four eyes ----------------------------------------------------------------------------------------


def test_a_ban_waits_for_a_second_person(case, amos, group, miriam, micah):
    decision = decided(miriam, case, DecisionKind.BAN, statement="x")
    assert decision.state == "proposed"
    assert amos.get("me/").status == 200
    with acting_as_staff(miriam), pytest.raises(Forbidden):
        approve_decision(decision_id=decision.pk, kind=decision.kind)
    with acting_as_staff(micah):
        assert approve_decision(decision_id=decision.pk, kind=decision.kind).state == "effective"
    decision.refresh_from_db()
    assert (decision.proposed_by_id, decision.approved_by_id) == (miriam.pk, micah.pk)
    assert amos.get("me/").status == 401
    assert Session.objects.filter(user=amos.user, ended_at=None).count() == 0
    with acting_as_staff(micah), pytest.raises(Conflict):
        approve_decision(decision_id=decision.pk, kind=decision.kind)


def test_a_refused_proposal_does_nothing(case, amos, miriam, micah):
    decision = decided(miriam, case, DecisionKind.BAN, statement="x")
    with acting_as_staff(micah):
        refuse_decision(decision_id=decision.pk, kind=decision.kind)
    decision.refresh_from_db()
    assert (decision.state, decision.ended_by_id) == ("refused", micah.pk)
    assert amos.get("me/").status == 200


def test_a_case_with_an_open_proposal_isnt_closed(case, miriam):
    decided(miriam, case, DecisionKind.BAN, statement="x")
    with pytest.raises(Conflict):
        decided(miriam, case, DecisionKind.CLOSE)


def test_breaking_the_glass_acts_at_once_and_lapses_unless_confirmed(case, amos, miriam, senior):
    from moderation.services.following import lapse_decisions
    from tests.messaging.lines import owner

    with pytest.raises(Forbidden):
        decided(miriam, case, DecisionKind.BAN, statement="x", at_once=True)
    with acting_as_staff(miriam):
        release_case(case_id=case.pk)
    decision = decided(senior, case, DecisionKind.BAN, statement="x", at_once=True)
    assert (decision.state, decision.approved_by_id) == ("effective", None)
    assert decision.confirm_before - decision.proposed_at == timedelta(hours=24)
    assert User.objects.get(pk=amos.user.pk).banned_at is not None
    assert lapse_decisions() == 0
    owner(
        "UPDATE decision SET proposed_at = proposed_at - interval '25 hours', confirm_before = confirm_before - interval '25 hours'"
    )
    assert lapse_decisions() == 1
    decision.refresh_from_db()
    assert (decision.state, decision.ended_by_id) == ("lapsed", None)
    assert User.objects.get(pk=amos.user.pk).banned_at is None
    assert AuditEntry.objects.using("owner").get(action="decision.lapsed").actor is None


def test_a_broken_glass_is_confirmed_by_another(case, amos, miriam, senior):
    from moderation.services.following import lapse_decisions
    from tests.messaging.lines import owner

    decision = decided(senior, case, DecisionKind.BAN, statement="x", at_once=True)
    with acting_as_staff(senior), pytest.raises(Forbidden):
        approve_decision(decision_id=decision.pk, kind=decision.kind)
    with acting_as_staff(miriam):
        approve_decision(decision_id=decision.pk, kind=decision.kind)
    owner(
        "UPDATE decision SET proposed_at = proposed_at - interval '25 hours', confirm_before = confirm_before - interval '25 hours'"
    )
    assert lapse_decisions() == 0
    assert User.objects.get(pk=amos.user.pk).banned_at is not None


def test_everything_a_member_wrote_goes_after_the_second_person(case, ruth, amos, group, miriam, micah):
    from moderation.services.following import remove_in_bulk

    for number in range(2, 8):
        amos.say(group, f"Word {number}")
    ruth.say(group, "Mine")
    decision = decided(miriam, case, DecisionKind.BULK_REMOVE, statement="x")
    assert remove_in_bulk() == 0
    with acting_as_staff(micah):
        approve_decision(decision_id=decision.pk, kind=decision.kind)
    assert remove_in_bulk(batch=3) == 7
    states = [m["state"] for m in ruth.ok("GET", f"conversations/{group}/messages/?after=0")["results"]]
    assert states == ["deleted"] * 7 + ["live"]
    decision.refresh_from_db()
    assert decision.applied_at is not None


def test_each_step_is_in_the_audit_trail(case, miriam, micah):
    decision = decided(miriam, case, DecisionKind.BAN, statement="x")
    with acting_as_staff(micah):
        approve_decision(decision_id=decision.pk, kind=decision.kind)
    with acting_as_staff(micah):
        undo_decision(decision_id=decision.pk, kind=decision.kind)
    assert steps(case) == [
        "report.filed", "case.claimed", "decision.proposed", "decision.approved", "decision.undone",
    ]  # fmt: skip
