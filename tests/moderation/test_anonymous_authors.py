"""Who wrote anonymously is learned through a decision of two in a case, there alone, and nowhere else."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils.timezone import now

from moderation.enums import DecisionKind
from moderation.models import AuditEntry, Case, Decision
from moderation.queries.case_page import learn_author, look_into
from moderation.services.deciding import approve_decision, undo_decision
from prayermap.lib.acting import acting_as_staff
from prayermap.lib.errors import Conflict, Forbidden
from tests.messaging.lines import acting, line, owner
from tests.moderation.cases import as_staff, decided, flag

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(ruth, amos, lydia) -> str:
    return ruth.group(amos, lydia)


@pytest.fixture
def case(ruth, amos, group) -> Case:
    """Amos, who is there under his name, has written an anonymous message."""
    said = amos.say(group, "Behind a mask", is_anonymous=True)
    return flag(ruth, group, said["seq"])


def author_seen_by(user, case) -> str | None:
    with acting_as_staff(user):
        look_into(case.pk)
        found = learn_author(case.pk)
    return found.name if found else None


def test_nobody_learns_it_without_a_decision(case, miriam, senior):
    for person in (miriam, senior):
        assert author_seen_by(person, case) is None
        with acting_as_staff(person):
            page = look_into(case.pk)
        assert (page.party, page.history, page.is_author_open) == (None, [], False)


def test_two_decide_and_the_case_shows_it(case, amos, miriam, micah, senior):
    decision = decided(miriam, case, DecisionKind.DEANONYMISE)
    assert decision.state == "proposed"
    assert author_seen_by(miriam, case) is None
    with acting_as_staff(micah), pytest.raises(Forbidden):
        approve_decision(decision_id=decision.pk, kind=decision.kind)
    with acting_as_staff(senior):
        approve_decision(decision_id=decision.pk, kind=decision.kind)
    assert author_seen_by(miriam, case) == amos.name
    looks = AuditEntry.objects.using("owner").filter(action="case.author_looked_at", case_id=case.pk)
    assert looks.count() == 1
    with acting_as_staff(senior):
        undo_decision(decision_id=decision.pk, kind=decision.kind)
    assert author_seen_by(miriam, case) is None


def test_it_is_learned_inside_the_case_only(case, ruth, amos, group, miriam, senior):
    other = flag(ruth, group, amos.say(group, "Once more", is_anonymous=True)["seq"])
    decision = decided(miriam, case, DecisionKind.DEANONYMISE)
    with acting_as_staff(senior):
        approve_decision(decision_id=decision.pk, kind=decision.kind)
    assert author_seen_by(miriam, other) is None
    with acting_as_staff(miriam):
        look_into(other.pk)
        assert learn_author(case.pk) is None, "not while another case is looked into"
    with acting_as_staff(miriam):
        assert learn_author(case.pk) is None, "not without a look"
        assert as_rows("SELECT * FROM cases_of_person(%s, 9)", amos.user.pk) == []


def as_rows(sql, *args):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        return cursor.fetchall()


def test_the_case_of_a_named_message_names_no_anonymous_one(case, ruth, amos, group, miriam, senior):
    """Amos's named message is reported as well: his history there leaves the anonymous one out, and the other way."""
    named = flag(ruth, group, amos.say(group, "Under my name")["seq"])
    with acting_as_staff(miriam):
        assert look_into(named.pk).history == []
    decision = decided(miriam, case, DecisionKind.DEANONYMISE)
    with acting_as_staff(senior):
        approve_decision(decision_id=decision.pk, kind=decision.kind)
    with acting_as_staff(miriam):
        assert look_into(named.pk).history == []
    with acting_as_staff(miriam):
        assert [row.earlier for row in look_into(case.pk).history] == [named.pk]


def test_an_anonymous_author_is_warned_and_muted_without_being_known(case, amos, group, miriam):
    decided(miriam, case, DecisionKind.WARN, statement="Please don't.")
    decided(miriam, case, DecisionKind.MUTE, statement="A day.", until=now() + timedelta(days=1))
    assert amos.try_say(group).refusal == (403, "forbidden")
    kinds = [row["kind"] for row in amos.ok("GET", "me/sanctions/")["results"]]
    assert kinds == ["mute", "warn"]
    with line() as connection:
        for statement in (
            "SELECT silenced_until FROM participant",
            "SELECT user_id FROM sanction",
            "SELECT user_id FROM case_party",
            "SELECT reporter_id FROM report",
        ):
            with (
                pytest.raises(Exception, match="permission denied"),
                acting(connection, "prayermap_staff", miriam.pk),
            ):
                connection.execute(statement)


def test_an_account_is_kept_out_only_once_its_name_is_known(case, miriam, senior):
    assert "suspend" not in as_staff(miriam, "fitting_decisions", case.pk, types="uuid")
    with pytest.raises(Conflict):
        decided(miriam, case, DecisionKind.SUSPEND, statement="x", until=now() + timedelta(days=1))
    decision = decided(miriam, case, DecisionKind.DEANONYMISE)
    with acting_as_staff(senior):
        approve_decision(decision_id=decision.pk, kind=decision.kind)
    assert "suspend" in as_staff(miriam, "fitting_decisions", case.pk, types="uuid")


def test_one_anonymous_message_is_no_way_to_remove_all_of_its_author(case, miriam):
    assert "bulk_remove" not in as_staff(miriam, "fitting_decisions", case.pk, types="uuid")


def test_the_reporter_is_shown_as_a_member_never_as_an_account(amos, miriam, ruth):
    """Somebody who is there anonymously may report without saying who they are."""
    hidden = amos.group(ruth, is_anonymous=True)
    said = ruth.say(hidden, "Unkind")
    case = flag(amos, hidden, said["seq"])
    with acting_as_staff(miriam):
        (report,) = look_into(case.pk).reports
    assert str(report.reporter_member) == amos.member_id(hidden)
    with acting_as_staff(miriam), pytest.raises(DatabaseError), transaction.atomic():
        as_rows("SELECT reporter_id FROM report")


def test_breaking_the_glass_on_a_name_lapses(case, senior):
    from moderation.services.following import lapse_decisions

    decided(senior, case, DecisionKind.DEANONYMISE, at_once=True)
    assert author_seen_by(senior, case) == "Amos"
    owner(
        "UPDATE decision SET proposed_at = proposed_at - interval '25 hours',"
        " confirm_before = confirm_before - interval '25 hours'"
    )
    assert lapse_decisions() == 1
    assert author_seen_by(senior, case) is None
    assert Decision.objects.using("owner").get().state == "lapsed"
