"""People are told: by the worker, which alone knows who they are."""

import pytest

from moderation.enums import DecisionKind
from moderation.services.notices import tell_people
from prayermap.lib.times import utc_now
from tests.moderation.cases import decided, flag

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(ruth, amos, lydia) -> str:
    conversation = ruth.group(amos, lydia)
    amos.say(conversation, "Word 1")
    return conversation


def notices_of(actor) -> list[tuple[str, str, str]]:
    found = actor.ok("GET", "notifications/")["results"]
    return [(n["title"], n["preview"], n["subject"]) for n in found if n["kind"] == "moderation_notice"]


def test_author_and_reporter_are_told_once(ruth, amos, lydia, group, miriam):
    case = flag(ruth, group, 1)
    decided(miriam, case, DecisionKind.HIDE_MESSAGE, statement="It hurt somebody.")
    decided(miriam, case, DecisionKind.CLOSE, statement="Thank you.")
    assert tell_people(now=utc_now()) == 2
    assert tell_people(now=utc_now()) == 0
    (sanction,) = amos.ok("GET", "me/sanctions/")["results"]
    (report,) = ruth.ok("GET", "me/reports/")["results"]
    assert notices_of(amos) == [("A message of yours was hidden", "It hurt somebody.", sanction["id"])]
    assert notices_of(ruth) == [("Your report was answered", "Thank you.", report["id"])]
    assert notices_of(lydia) == []


def test_an_anonymous_author_is_told_without_anybody_knowing(ruth, amos, group, miriam):
    said = amos.say(group, "Behind a mask", is_anonymous=True)
    decided(miriam, flag(ruth, group, said["seq"]), DecisionKind.WARN, statement="Please don't.")
    assert tell_people(now=utc_now()) == 1
    assert [preview for _, preview, _ in notices_of(amos)] == ["Please don't."]
