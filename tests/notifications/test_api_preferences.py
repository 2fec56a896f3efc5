"""Preferences over REST."""

import pytest

from notifications.enums import Kind
from tests.messaging.actors import actor
from tests.notifications.looking import kinds, unread

pytestmark = pytest.mark.django_db
PATH = "notifications/preferences/"
NIGHT = {"days": ["mon", "sun"], "start": "22:00", "end": "07:00"}


def test_defaults_name_every_kind(ruth):
    found = ruth.ok("GET", PATH)
    assert sorted(found["kinds"]) == sorted(Kind.values)
    assert found["kinds"]["message_received"] == {"in_app": True, "push": True, "email": False}
    assert found["kinds"]["message_read"] == {"in_app": False, "push": False, "email": False}
    assert found["kinds"]["message_request"]["push"] is False
    assert {key: value for key, value in found.items() if key != "kinds"} == {
        "quiet_hours": [], "timezone": "UTC", "digest": True, "push_per_hour": 20, "previews": False,
    }  # fmt: skip


def test_change_sets_what_is_given_and_nothing_else(ruth, amos):
    ruth.ok(
        "PATCH", PATH, {"kinds": {"mention": {"email": True}}, "quiet_hours": [NIGHT], "push_per_hour": 3}
    )
    found = ruth.ok("PATCH", PATH, {"kinds": {"mention": {"push": False}}, "timezone": "Africa/Nairobi"})
    assert found == ruth.ok("GET", PATH)
    assert found["kinds"]["mention"] == {"in_app": True, "push": False, "email": True}
    assert (found["quiet_hours"], found["timezone"], found["push_per_hour"]) == ([NIGHT], "Africa/Nairobi", 3)
    assert ruth.ok("PATCH", PATH, {"timezone": None, "quiet_hours": []})["timezone"] == "UTC"
    assert amos.ok("GET", PATH)["push_per_hour"] == 20
    assert ruth.ok("PATCH", PATH, {}) == ruth.ok("GET", PATH)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"timezone": "Nowhere/City"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"push_per_hour": 0}, "push_per_hour"),
        ({"push_per_hour": "3"}, "push_per_hour"),
        ({"quiet_hours": [NIGHT | {"start": "25:00"}]}, "quiet_hours[0].start"),
        ({"quiet_hours": [NIGHT | {"start": "24:00"}]}, "quiet_hours[0].start"),
        ({"quiet_hours": [NIGHT | {"days": []}]}, "quiet_hours[0].days"),
        ({"quiet_hours": [NIGHT | {"days": ["mon", "mon"]}]}, "quiet_hours[0].days"),
        ({"quiet_hours": [NIGHT | {"days": ["monday"]}]}, "quiet_hours[0].days[0]"),
        ({"quiet_hours": [NIGHT, NIGHT | {"end": "22:00"}]}, "quiet_hours[1].end"),
        ({"quiet_hours": [NIGHT] * 22}, "quiet_hours"),
        ({"kinds": {"message_request": {"push": True}}}, "kinds.message_request"),
        ({"kinds": {"message_request": {"email": True}}}, "kinds.message_request"),
        ({"kinds": {"mention": {"sms": True}}}, "kinds[...].sms"),
        ({"previews": 1}, "previews"),
        ({"nothing": 1}, "nothing"),
    ],
)
def test_bad_changes_are_refused_and_change_nothing(ruth, body, field):
    before = ruth.ok("GET", PATH)
    answer = ruth.patch(PATH, body)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), [field])
    assert ruth.ok("GET", PATH) == before


def test_unknown_kind_is_refused(ruth):
    assert ruth.patch(PATH, {"kinds": {"typing_start": {"push": True}}}).refusal == (400, "invalid")


def test_kind_that_is_out_of_the_inbox_is_neither_listed_nor_counted(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room)
    amos.ok("PATCH", PATH, {"kinds": {"message_received": {"in_app": False}}})
    assert (kinds(amos), unread(amos)) == ([], 0)
    amos.ok("PATCH", PATH, {"kinds": {"message_received": {"in_app": True}}})
    assert unread(amos) == 1


def test_strangers_settings_are_their_own():
    ruth, amos = actor("Ruth"), actor("Amos")
    ruth.ok("PATCH", PATH, {"previews": True})
    assert amos.ok("GET", PATH)["previews"] is False
