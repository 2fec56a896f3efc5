"""A creation is repeated after what it made is gone: it isn't made again, and nothing is said but that it is gone."""

import pytest

from tests.messaging.actors import new_id

pytestmark = pytest.mark.django_db(transaction=True)
GONE = (404, "not_found")


def prayer_of(person, **more):
    return person.ok(
        "POST", "prayers/", {"kind": "request", "title": "Rain", "body": "For our fields"} | more
    )


def test_a_prayer_that_was_taken_back_is_not_prayed_again(ruth):
    body = {"client_id": new_id()}
    made = prayer_of(ruth, **body)
    assert prayer_of(ruth, **body) == made | {"duplicate": True}
    ruth.ok("DELETE", f"prayers/{made['id']}/")
    again = ruth.post("prayers/", {"kind": "request", "title": "Rain", "body": "For our fields"} | body)
    assert again.refusal == GONE
    assert ruth.ok("GET", "prayers/?mine=true")["results"] == []


def test_a_response_and_a_talk_about_a_prayer_that_is_gone(ruth, amos):
    prayer = prayer_of(ruth)["id"]
    response, talk = ({"content": "With you", "client_id": new_id()} for _ in range(2))
    amos.ok("POST", f"prayers/{prayer}/responses/", {"kind": "text"} | response)
    room = amos.ok("POST", f"prayers/{prayer}/conversation/", talk)["id"]
    ruth.ok("DELETE", f"prayers/{prayer}/")
    assert amos.post(f"prayers/{prayer}/responses/", {"kind": "text"} | response).refusal == GONE
    # The conversation stays when its prayer goes.
    assert amos.ok("POST", f"prayers/{prayer}/conversation/", talk)["id"] == room
    amos.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")
    assert amos.post(f"prayers/{prayer}/conversation/", talk).refusal == GONE


def test_a_group_that_one_left_is_not_made_again(ruth, amos):
    body = {"kind": "group_prayer", "title": "Evening", "members": [amos.id], "client_id": new_id()}
    room = ruth.ok("POST", "conversations/", body)["id"]
    invitation = {"user": amos.id, "client_id": new_id()}
    member = ruth.ok("POST", f"conversations/{room}/members/", invitation)["id"]
    ruth.ok("DELETE", f"conversations/{room}/members/{member}/")
    # Who was removed is shown as they stand, and not invited again.
    again = ruth.post(f"conversations/{room}/members/", invitation)
    assert (again.status, again.body["state"]) == (200, "removed")
    ruth.ok("DELETE", f"conversations/{room}/members/{ruth.member_id(room)}/")
    assert ruth.post(f"conversations/{room}/members/", invitation).refusal == GONE
    assert ruth.post("conversations/", body).refusal == GONE
    assert ruth.ok("GET", "conversations/")["results"] == []


def test_a_forward_of_what_is_gone(ruth, amos):
    source, target = ruth.group(amos), ruth.group(amos)
    ruth.say(source, "Read this")
    body = {"to": [target], "client_id": new_id()}
    ruth.ok("POST", f"conversations/{source}/messages/1/forward/", body)
    ruth.ok("DELETE", f"conversations/{source}/messages/1/?scope=all")
    (shown,) = ruth.ok("POST", f"conversations/{source}/messages/1/forward/", body)["results"]
    assert (shown["conversation"], shown["content"]) == (target, "Read this")
    ruth.ok("DELETE", f"conversations/{target}/members/{ruth.member_id(target)}/")
    assert ruth.post(f"conversations/{source}/messages/1/forward/", body).refusal == GONE
    assert amos.see(target)["latest_seq"] == 1
