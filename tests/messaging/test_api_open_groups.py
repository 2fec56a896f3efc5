"""Groups that one joins oneself, or asks to."""

from uuid import uuid4

import pytest

from tests.messaging.membership import invite, member_of, rev, states

pytestmark = pytest.mark.django_db


def test_an_open_group_is_joined_by_its_id(ruth, amos):
    room = ruth.group(is_private=False)
    ruth.say(room, "before")
    before = rev(ruth, room)
    joined = amos.ok("POST", f"conversations/{room}/join/")
    assert (joined["my_member"]["state"], joined["rev"], joined["unread_count"]) == ("active", before + 1, 0)
    assert amos.ok("POST", f"conversations/{room}/join/") == joined
    assert amos.ok("GET", f"conversations/{room}/messages/")["results"] == []


def test_a_private_group_and_a_pair_cannot_be_joined(ruth, amos, lydia):
    for room in (ruth.group(), ruth.direct(amos), str(uuid4())):
        assert lydia.post(f"conversations/{room}/join/").refusal == (404, "not_found")


def test_an_admin_approves_who_asked_to_join(ruth, amos, lydia):
    room = ruth.group(lydia, is_private=False, requires_approval=True)
    asked = amos.ok("POST", f"conversations/{room}/join/")
    member = asked["my_member"]["id"]
    assert asked["my_member"]["state"] == "requested"
    assert amos.try_say(room).refusal == (403, "forbidden")
    assert amos.post(f"conversations/{room}/accept/").refusal == (409, "conflict")
    path = f"conversations/{room}/members/{member}/"
    assert lydia.patch(path, {"state": "active"}).refusal == (403, "forbidden")
    assert ruth.ok("PATCH", path, {"state": "active"})["state"] == "active"
    assert amos.say(room)["seq"] == 1
    assert ruth.ok("PATCH", path, {"state": "active"})["state"] == "active"


def test_a_request_is_refused_by_removing_and_withdrawn_by_leaving(ruth, amos, lydia):
    room = ruth.group(is_private=False, requires_approval=True)
    for who in (amos, lydia):
        who.ok("POST", f"conversations/{room}/join/")
    assert ruth.delete(f"conversations/{room}/members/{member_of(ruth, room, 'Amos')}/").status == 204
    assert lydia.delete(f"conversations/{room}/members/{lydia.member_id(room)}/").status == 204
    assert states(ruth, room) == {"Ruth": "active"}
    assert amos.post(f"conversations/{room}/join/").refusal == (404, "not_found")
    assert lydia.ok("POST", f"conversations/{room}/join/")["my_member"]["state"] == "requested"


def test_an_invited_person_joins_an_open_group_without_approval(ruth, amos, lydia):
    room = ruth.group(amos, is_private=False, requires_approval=True, accepted=False)
    ruth.say(room, "since the invitation")
    joined = amos.ok("POST", f"conversations/{room}/join/")
    assert (joined["my_member"]["state"], joined["unread_count"]) == ("active", 1)
    lydia.blocks(ruth)
    invite(ruth, room, lydia)
    assert lydia.ok("POST", f"conversations/{room}/join/")["my_member"]["state"] == "active"
