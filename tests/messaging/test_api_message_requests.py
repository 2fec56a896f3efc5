"""Strangers, and people who come back: three messages until accepted."""

import pytest

from tests.messaging.lines import owner
from tests.messaging.membership import states

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def test_a_stranger_sends_three_messages_until_accepted(ruth, amos):
    room = ruth.direct(amos, accepted=False)
    answers = [ruth.try_say(room).refusal for _ in range(4)]
    assert answers == [(201, None)] * 3 + [(403, "request_pending")]
    amos.ok("POST", f"conversations/{room}/accept/")
    assert amos.see(room)["unread_count"] == 3
    assert ruth.try_say(room).status == 201


def test_people_who_share_a_conversation_are_no_strangers(ruth, amos):
    ruth.group(amos)
    room = ruth.direct(amos, accepted=False)
    assert [ruth.try_say(room).status for _ in range(5)] == [201] * 5


def test_a_shared_invitation_makes_no_acquaintance(ruth, amos):
    ruth.group(amos, accepted=False)
    room = ruth.direct(amos, accepted=False)
    assert [ruth.try_say(room).status for _ in range(4)] == [201, 201, 201, 403]


def test_a_declined_request_looks_pending_and_cannot_be_repeated(ruth, amos):
    room = ruth.direct(amos, accepted=False)
    ruth.say(room)
    amos.post(f"conversations/{room}/decline/")
    assert ruth.post("conversations/", {"kind": "direct_message", "members": [amos.id]}).status == 200
    assert [ruth.try_say(room).status for _ in range(3)] == [201, 201, 403]
    assert states(ruth, room) == {"Ruth": "active", "Amos": "invited"}
    assert amos.ok("GET", "conversations/")["results"] == []


@committed
def test_a_declined_request_can_be_repeated_after_thirty_days(ruth, amos):
    room = ruth.direct(amos, accepted=False)
    amos.post(f"conversations/{room}/decline/")
    owner("UPDATE participant SET declined_at = now() - interval '31 days' WHERE user_id = %s", amos.id)
    assert ruth.ok("POST", "conversations/", {"kind": "direct_message", "members": [amos.id]})["id"] == room
    assert amos.see(room)["my_member"]["state"] == "invited"
    assert [ruth.try_say(room).status for _ in range(4)] == [201, 201, 201, 403]


def test_who_declined_may_open_the_conversation_after_all(ruth, amos):
    room = ruth.direct(amos, accepted=False)
    amos.post(f"conversations/{room}/decline/")
    opened = amos.ok("POST", "conversations/", {"kind": "direct_message", "members": [ruth.id]})
    assert (opened["id"], opened["my_member"]["state"]) == (room, "active")


def test_who_left_a_pair_comes_back_by_opening_it_and_is_asked_again_by_the_other(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room, "before")
    amos.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")
    ruth.say(room, "while away")
    amos.ok("POST", "conversations/", {"kind": "direct_message", "members": [ruth.id]})
    assert amos.ok("GET", f"conversations/{room}/messages/")["results"] == []
    ruth.say(room, "again")
    assert [row["content"] for row in amos.ok("GET", f"conversations/{room}/messages/")["results"]] == [
        "again"
    ]
    amos.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")
    ruth.ok("POST", "conversations/", {"kind": "direct_message", "members": [amos.id]})
    assert amos.see(room)["my_member"]["state"] == "invited"
