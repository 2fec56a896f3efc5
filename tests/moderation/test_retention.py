"""What is older than its kind of conversation keeps it goes, in small batches, and nothing else does."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from messaging.models import Message
from moderation.enums import CaseState, Outcome
from moderation.models import Case, LegalHold, RetentionMark
from moderation.services import ageing
from prayermap.lib.times import utc_now
from tests.messaging.attaching import bare, send_file, status_of, upload
from tests.messaging.lines import owner
from tests.moderation.cases import flag
from tests.moderation.old_months import old_months, say_it_was

pytestmark = pytest.mark.django_db(transaction=True)
MAY, JUNE = date(2018, 5, 1), date(2018, 6, 1)


@pytest.fixture(autouse=True)
def _months(monkeypatch):
    monkeypatch.setattr(ageing, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(ageing, "BATCH", 2)
    with old_months(MAY, JUNE):
        yield


@pytest.fixture
def keep(settings):
    def set_days(**days) -> None:
        settings.RETENTION_DAYS = days

    return set_days


@pytest.fixture
def group(ruth, amos) -> str:
    """Five messages of two old months and one of now."""
    room = ruth.group(amos)
    for number in range(1, 7):
        ruth.say(room, f"Verse {number}")
    say_it_was(MAY, room, 1, 2, 3)
    say_it_was(JUNE, room, 4, 5)
    return room


def run() -> dict:
    out = StringIO()
    call_command("apply_retention", "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def preview() -> dict:
    out = StringIO()
    call_command("apply_retention", "--dry-run", "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def states(reader, room: str) -> list[str]:
    return [row["state"] for row in reader.ok("GET", f"conversations/{room}/messages/?after=0")["results"]]


def test_what_is_too_old_becomes_a_tombstone_in_the_archive_too(keep, ruth, amos, group):
    owner("SELECT archive_message_month(%s, now())", MAY)
    keep(group_prayer=365)
    assert run() == {"faded": {"group_prayer": 5}, "something_kept": False}
    assert states(amos, group) == ["deleted"] * 5 + ["live"]
    texts = Message.objects.using("owner").filter(conversation=group).values_list("content", flat=True)
    assert [text for text in texts if text] == ["Verse 6"]
    assert owner("SELECT * FROM check_messages()") == []
    assert run() == {"faded": {"group_prayer": 0}, "something_kept": False}


def test_everything_is_kept_unless_it_is_asked_for_and_other_kinds_always(keep, ruth, amos, group):
    assert run() == {"faded": {}, "something_kept": False}
    keep(direct_message=30, prayer_response=30)
    assert run()["faded"] == {"direct_message": 0, "prayer_response": 0}
    assert states(amos, group) == ["live"] * 6


@pytest.mark.parametrize("whom", ["conversation", "person"])
def test_what_is_held_stays_until_it_is_released(keep, ruth, amos, lydia, group, whom):
    other = lydia.group(amos)
    lydia.say(other, "Old")
    say_it_was(JUNE, other)
    target = {"conversation_id": group} if whom == "conversation" else {"user": ruth.user}
    hold = LegalHold.objects.using("owner").create(reason="order 20", placed_at=utc_now(), **target)
    keep(group_prayer=365)
    assert run() == {"faded": {"group_prayer": 1}, "something_kept": True}
    assert (states(amos, group), states(amos, other)) == (["live"] * 6, ["deleted"])
    assert not RetentionMark.objects.using("owner").exists()
    LegalHold.objects.using("owner").filter(pk=hold.pk).update(released_at=utc_now())
    assert run() == {"faded": {"group_prayer": 5}, "something_kept": False}


def test_a_conversation_with_an_open_case_stays_until_it_is_closed(keep, amos, group):
    case = flag(amos, group, 6)
    keep(group_prayer=365)
    assert run()["faded"] == {"group_prayer": 0}
    Case.objects.using("owner").filter(pk=case.pk).update(
        state=CaseState.CLOSED, closed_at=utc_now(), outcome=Outcome.DISMISSED
    )
    assert run()["faded"] == {"group_prayer": 5}


def test_files_go_with_their_messages(keep, ruth, amos):
    room = ruth.group(amos)
    sent = send_file(ruth, room, upload(ruth)["id"])
    link = bare(sent["attachment"]["url"])
    assert status_of(link, amos) == 200
    say_it_was(MAY, room)
    keep(group_prayer=365)
    assert run()["faded"] == {"group_prayer": 1}
    assert status_of(link, amos) == 404
    assert owner("SELECT 1 FROM media_blob") == []


def test_a_killed_run_goes_on_where_it_was(keep, amos, group):
    keep(group_prayer=365)
    steps = ageing.let_go(now=utc_now(), pause=lambda _: None)
    assert next(steps).faded == 2
    steps.close()
    assert states(amos, group) == ["deleted"] * 2 + ["live"] * 4
    assert run() == {"faded": {"group_prayer": 3}, "something_kept": False}


@pytest.mark.parametrize("days", [{"group_prayer": 29}, {"groups": 365}])
def test_a_policy_that_cannot_be_is_refused(keep, days):
    keep(**days)
    with pytest.raises(CommandError) as error:
        run()
    assert error.value.returncode == 2


def test_a_dry_run_counts_what_would_go_and_changes_nothing(keep, monkeypatch, ruth, amos, lydia, group):
    monkeypatch.setattr(ageing, "LOOK_BATCH", 2)
    other = lydia.group(amos)
    lydia.say(other, "Old")
    say_it_was(JUNE, other)
    LegalHold.objects.using("owner").create(reason="order 21", placed_at=utc_now(), user=lydia.user)
    keep(group_prayer=365, direct_message=365)
    said = {
        "would_fade": {"group_prayer": 5, "direct_message": 0},
        "would_keep": {"group_prayer": 1, "direct_message": 0},
    }
    assert preview() == said
    assert (states(amos, group), states(amos, other)) == (["live"] * 6, ["live"])
    assert not RetentionMark.objects.using("owner").exists()
    assert run()["faded"] == {"group_prayer": 5, "direct_message": 0}
    assert preview() == said | {"would_fade": {"group_prayer": 0, "direct_message": 0}}
    out = StringIO()
    call_command("apply_retention", "--dry-run", stdout=out, stderr=StringIO())
    assert (
        "group_prayer: 0 messages would be let go; 1 stay for a legal hold or an open case" in out.getvalue()
    )
