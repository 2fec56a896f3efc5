"""Disappearing messages, slow mode, frozen groups, and marking as unread."""

import pytest

from messaging.services.disappearing import expire_messages
from prayermap.lib.times import utc_now
from tests.messaging.changing import at, edit, read, traces
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = (429, "rate_limited")


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


@pytest.fixture
def group(ruth, amos, lydia):
    return ruth.group(amos, lydia)


def change(person, room, **settings):
    return person.patch(f"conversations/{room}/", settings)


def over():
    owner("UPDATE message SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL")


# --- disappearing -----------------------------------------------------------------------------------------
def test_either_of_two_lets_what_is_written_from_now_on_disappear(ruth, amos, room):
    before = ruth.say(room)
    answer = change(amos, room, disappear_after_s=60)
    assert (answer.status, answer.body["disappear_after_s"]) == (200, 60)
    assert answer.body["rev"] == before["rev"] + 1
    assert change(ruth, room, disappear_after_s=60).body["rev"] == before["rev"] + 1
    assert "expires_at" not in before
    assert ruth.say(room)["expires_at"] > before["created_at"]
    assert (
        ruth.ok("GET", f"conversations/{room}/changes/?after_rev={before['rev']}")["conversation"][
            "disappear_after_s"
        ]
        == 60
    )
    assert change(ruth, room, disappear_after_s=None).body["disappear_after_s"] is None
    assert "expires_at" not in ruth.say(room)


def test_admins_alone_set_it_in_a_group_and_nothing_else_is_set_for_two(ruth, amos, naomi, room, group):
    assert change(amos, group, disappear_after_s=60).refusal == (403, "forbidden")
    assert change(naomi, group, disappear_after_s=60).refusal == (404, "not_found")
    assert change(ruth, group, disappear_after_s=60).body["disappear_after_s"] == 60
    assert (
        change(ruth, room, slow_mode_s=5).refusal
        == change(ruth, room, is_frozen=True).refusal
        == (409, "conflict")
    )
    amos.blocks(ruth)
    assert change(ruth, room, disappear_after_s=60).refusal == (403, "blocked")


@pytest.mark.parametrize(
    "wanted",
    [{"disappear_after_s": 59}, {"disappear_after_s": 31_536_001}, {"slow_mode_s": -1}, {"slow_mode_s": 3_601}, {"slow_mode_s": None}, {"is_frozen": 1}],
)  # fmt: skip
def test_settings_have_their_bounds(ruth, group, wanted):
    assert change(ruth, group, **wanted).refusal == (400, "invalid")


def test_what_is_over_is_shown_to_nobody_and_then_becomes_a_tombstone(ruth, amos, room):
    change(ruth, room, disappear_after_s=60)
    ruth.say(room, "Zephyrine", mentions=[amos.member_id(room)])
    sent = ruth.say(room, "Zephyrine again")
    over()
    seen = amos.see(room)
    assert (seen["unread_count"], seen["latest_message"]["preview"]) == (0, None)
    assert (read(amos, room)["state"], read(amos, room)["content"]) == ("deleted", None)
    assert edit(ruth, room, 1).refusal == (409, "conflict")
    assert expire_messages(now=utc_now()) == 2
    assert expire_messages(now=utc_now()) == 0
    assert [read(amos, room, seq)["rev"] for seq in (1, 2)] == [sent["rev"] + 1, sent["rev"] + 2]
    assert (amos.see(room)["rev"], amos.see(room)["mention_count"]) == (sent["rev"] + 2, 0)
    assert traces("Zephyrine") == []
    assert amos.ok("GET", "notifications/?unread=true")["results"] == []


# --- slow mode, frozen ---------------------------------------------------------------------------------
def test_slow_mode_holds_members_and_not_admins(ruth, amos, group):
    assert change(ruth, group, slow_mode_s=30).body["slow_mode_s"] == 30
    amos.say(group)
    refused = amos.try_say(group)
    assert refused.refusal == WAIT
    assert 0 < refused.body["retry_after_ms"] <= 30_000
    for _ in range(2):
        ruth.say(group)
    change(ruth, group, slow_mode_s=0)
    amos.say(group)


def test_a_frozen_group_hears_its_admins_alone(ruth, amos, group):
    amos.say(group)
    assert change(ruth, group, is_frozen=True).body["is_frozen"] is True
    assert amos.try_say(group).refusal == edit(amos, group, 1).refusal == (403, "forbidden")
    assert amos.call("PUT", f"{at(group, 1)}reactions/%F0%9F%99%8F/").refusal == (403, "forbidden")
    ruth.say(group)
    assert amos.delete(at(group, 1)).status == 200
    change(ruth, group, is_frozen=False)
    amos.say(group)


# --- marking as unread --------------------------------------------------------------------------------
def test_marked_unread_is_ones_own_until_something_is_read(ruth, amos, room):
    ruth.say(room)
    amos.ok("POST", f"conversations/{room}/receipts/", {"read": 1})
    rev, me_rev = ruth.see(room)["rev"], amos.ok("POST", "sync/", {})["me_rev"]
    answer = amos.patch(f"conversations/{room}/me/", {"marked_unread": True})
    assert (answer.status, answer.body["my_member"]["marked_unread"], answer.body["unread_count"]) == (
        200,
        True,
        0,
    )
    assert amos.ok("POST", "sync/", {})["me_rev"] == me_rev + 1
    assert (ruth.see(room)["my_member"]["marked_unread"], ruth.see(room)["rev"]) == (False, rev)
    amos.ok("POST", f"conversations/{room}/receipts/", {"read": 1})
    assert amos.see(room)["my_member"]["marked_unread"] is False
    amos.ok("PATCH", f"conversations/{room}/me/", {"marked_unread": True})
    assert (
        amos.ok("PATCH", f"conversations/{room}/me/", {"marked_unread": False})["my_member"]["marked_unread"]
        is False
    )
