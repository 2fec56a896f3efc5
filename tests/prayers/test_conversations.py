"""Conversations about prayers: opened once for each person, the author asked in."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from tests.messaging.actors import Actor, new_id
from tests.messaging.lines import owner
from tests.prayers.acts import about, lines, open_about, pray, try_open

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_first_message_is_a_card_and_the_author_is_asked_in(ruth, amos):
    made = pray(ruth, title="Before an operation")
    room = open_about(amos, made["id"], "May I pray with you?")
    assert (room["kind"], room["title"], room["prayer"]) == ("prayer_response", made["title"], made["id"])
    assert (room["latest_seq"], room["rev"], room["member_count"], room["duplicate"]) == (1, 2, 2, False)
    assert [(m["name"], m["user"], m["role"], m["state"]) for m in room["members"]] == [
        ("Amos", amos.id, "member", "active"),
        ("Ruth", ruth.id, "member", "invited"),
    ]
    (card,) = amos.ok("GET", f"conversations/{room['id']}/messages/")["results"]
    assert (card["type"], card["content"], card["payload"], card["sender_name"]) == (
        "prayer_card", "May I pray with you?", {"prayer": made["id"]}, "Amos",
    )  # fmt: skip
    assert about(ruth, made["id"])["my_member"]["state"] == "invited"
    assert ruth.get(f"conversations/{room['id']}/messages/").refusal == (404, "not_found")
    ruth.ok("POST", f"conversations/{room['id']}/accept/")
    assert ruth.ok("GET", f"conversations/{room['id']}/messages/")["results"][0]["content"] == card["content"]
    ruth.say(room["id"], "Gladly.")
    assert amos.ok("GET", f"conversations/{room['id']}/messages/1/")["state"] == "live"


def test_the_author_of_an_anonymous_prayer_is_an_anonymous_member(ruth, amos):
    made = pray(ruth, is_anonymous=True)
    room = open_about(amos, made["id"])
    (other,) = [m for m in room["members"] if m["id"] != room["my_member"]["id"]]
    assert {key: other[key] for key in ("name", "user", "is_anonymous", "state")} == {
        "name": "Someone", "user": None, "is_anonymous": True, "state": "invited",
    }  # fmt: skip
    accepted = ruth.ok("POST", f"conversations/{room['id']}/accept/")
    assert (accepted["my_member"]["is_anonymous"], accepted["my_member"]["state"]) == (True, "active")
    sent = ruth.say(room["id"], "Thank you.")
    assert (sent["sender_name"], sent["is_anonymous"]) == ("Someone", True)
    seen = amos.ok("GET", f"conversations/{room['id']}/messages/")
    assert "Ruth" not in str(seen)
    assert ruth.id not in str(seen)


def test_who_answers_may_be_anonymous(ruth, amos):
    made = pray(ruth)
    room = open_about(amos, made["id"], is_anonymous=True)
    assert room["my_member"]["is_anonymous"] is True
    seen = about(ruth, made["id"])
    assert amos.id not in str(seen)
    assert sorted(m["name"] for m in seen["members"]) == ["Ruth", "Someone"]
    ruth.ok("POST", f"conversations/{room['id']}/accept/")
    (card,) = ruth.ok("GET", f"conversations/{room['id']}/messages/")["results"]
    assert (card["sender_name"], card["is_anonymous"], card["is_mine"]) == ("Someone", True, False)


def test_asked_again_it_is_the_same_one_and_nothing_is_written(ruth, amos):
    made = pray(ruth)
    first = try_open(amos, made["id"])
    for more in ({}, {"content": "Other words"}, {"is_anonymous": True}, {"client_id": str(uuid4())}):
        again = try_open(amos, made["id"], **more)
        assert (again.status, again.body["id"], again.body["duplicate"]) == (200, first.body["id"], True)
        assert (again.body["latest_seq"], again.body["my_member"]["is_anonymous"]) == (1, False)
    assert first.status == 201
    assert len(lines()) == 1


def test_everybody_who_answers_has_a_conversation_of_their_own(ruth, amos, lydia):
    made = pray(ruth)
    rooms = {open_about(person, made["id"])["id"] for person in (amos, lydia)}
    assert len(rooms) == 2
    assert {room["id"] for room in ruth.ok("GET", f"conversations/?prayer={made['id']}")["results"]} == rooms
    assert open_about(amos, pray(ruth)["id"])["id"] not in rooms
    assert len(lines()) == 3


def test_the_same_request_finds_its_conversation(ruth, amos):
    made, other = pray(ruth), pray(ruth)
    key = str(uuid4())
    first = try_open(amos, made["id"], client_id=key)
    again = try_open(amos, made["id"], client_id=key)
    assert (first.status, again.status, again.body["id"]) == (201, 200, first.body["id"])
    assert try_open(amos, made["id"], client_id=key, content="Else").refusal == (409, "client_id_reused")
    assert try_open(amos, other["id"], client_id=key).refusal == (409, "client_id_reused")


def test_two_requests_at_once_open_one_conversation_with_one_card_and_one_line(ruth, amos, lydia):
    made = pray(ruth)
    people = [amos, lydia] * 4
    for person in people:
        assert person.headers

    def opened(person: Actor):
        try:
            return person.name, try_open(person, made["id"])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(opened, people))
    for name in ("Amos", "Lydia"):
        own = [answer for who, answer in answers if who == name]
        assert sorted(answer.status for answer in own) == [200, 200, 200, 201]
        assert len({answer.body["id"] for answer in own}) == 1
        assert {answer.body["latest_seq"] for answer in own} == {1}
    assert len(lines()) == 2


def test_ones_own_prayer_opens_nothing(ruth):
    for is_anonymous in (False, True):
        made = pray(ruth, is_anonymous=is_anonymous)
        assert try_open(ruth, made["id"]).refusal == (409, "conflict")
        assert ruth.post("conversations/", {"kind": "prayer_response", "prayer": made["id"]}).status == 409


@pytest.mark.parametrize("status", ["answered", "closed"])
def test_a_prayer_that_is_not_open_opens_nothing_new(ruth, amos, lydia, status):
    made = pray(ruth)
    room = open_about(amos, made["id"])
    ruth.ok("PATCH", f"prayers/{made['id']}/", {"status": status})
    assert try_open(lydia, made["id"]).refusal == (409, "conflict")
    assert try_open(amos, made["id"]).body["id"] == room["id"]


def test_there_must_be_a_prayer_that_one_sees(ruth, amos):
    made = pray(ruth)
    assert try_open(amos, uuid4()).refusal == (404, "not_found")
    owner("UPDATE prayer SET is_hidden = true")
    assert try_open(amos, made["id"]).refusal == (404, "not_found")
    answer = amos.post("conversations/", {"kind": "group_prayer", "title": "x", "prayer": made["id"]})
    assert (answer.refusal, answer.fields) == ((400, "invalid"), ["prayer"])


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"content": " "}, "content"),
        ({"content": "x" * 10_001}, "content"),
        ({"content": None}, "content"),
        ({"latitude": 1.0}, "longitude"),
        ({"latitude": 91, "longitude": 0}, "latitude"),
        ({"is_anonymous": 1}, "is_anonymous"),
        ({"members": []}, "members"),
    ],
)
def test_what_is_no_request_is_refused(ruth, amos, more, field):
    answer = try_open(amos, pray(ruth)["id"], **more)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), [field])
    assert lines() == []


def test_a_stranger_may_write_three_messages_until_accepted(ruth, amos):
    room = open_about(amos, pray(ruth)["id"])["id"]
    amos.say(room, "Second")
    amos.say(room, "Third")
    assert amos.try_say(room, "Fourth").refusal == (403, "request_pending")
    ruth.ok("POST", f"conversations/{room}/accept/")
    amos.say(room, "Fourth")


def test_friends_are_no_strangers_unless_one_is_anonymous(ruth, amos):
    """A fourth message that goes through would tell that the author is somebody one knows."""
    ruth.direct(amos)
    named = open_about(amos, pray(ruth)["id"])["id"]
    sealed = open_about(amos, pray(ruth, is_anonymous=True)["id"])["id"]
    for room, last in ((named, 201), (sealed, 403)):
        amos.say(room, "Second")
        amos.say(room, "Third")
        assert amos.try_say(room, "Fourth").status == last


def test_a_block_refuses_between_named_people(ruth, amos):
    made = pray(ruth)
    early = pray(ruth)
    room = open_about(amos, early["id"])["id"]
    ruth.ok("POST", f"conversations/{room}/accept/")
    ruth.blocks(amos)
    assert try_open(amos, made["id"]).refusal == (403, "blocked")
    assert ruth.post(f"prayers/{pray(amos)['id']}/conversation/", {"content": "x"}).refusal == (
        403,
        "blocked",
    )
    for person in (ruth, amos):
        assert person.try_say(room).refusal == (403, "blocked")


def test_a_block_is_not_seen_where_one_of_them_is_anonymous(ruth, amos):
    """It succeeds as with anybody, and she whom it would disturb is told nothing."""
    named, sealed = pray(ruth), pray(ruth, is_anonymous=True)
    ruth.blocks(amos)
    rooms = [open_about(amos, sealed["id"]), open_about(amos, named["id"], is_anonymous=True)]
    assert [room["member_count"] for room in rooms] == [2, 2]
    assert [m["state"] for m in rooms[0]["members"]] == ["active", "invited"]
    assert ruth.ok("GET", "conversations/")["results"] == []


def test_who_left_comes_back_by_asking_again(ruth, amos):
    made = pray(ruth, is_anonymous=True)
    room = open_about(amos, made["id"])["id"]
    ruth.ok("POST", f"conversations/{room}/accept/")
    ruth.say(room, "While he is here")
    member = amos.member_id(room)
    amos.ok("DELETE", f"conversations/{room}/members/{member}/")
    assert amos.get(f"conversations/{room}/").refusal == (404, "not_found")
    ruth.say(room, "While he is away")
    back = open_about(amos, made["id"])
    assert (back["id"], back["my_member"]["state"], back["duplicate"]) == (room, "active", True)
    assert amos.ok("GET", f"conversations/{room}/messages/")["results"] == []
    ruth.ok("DELETE", f"conversations/{room}/members/{ruth.member_id(room)}/")
    asked = open_about(amos, made["id"])
    assert sorted(m["state"] for m in asked["members"]) == ["active", "invited"]
    assert about(ruth, made["id"])["my_member"]["is_anonymous"] is True


def test_a_decline_looks_pending_and_holds_for_thirty_days(ruth, amos):
    made = pray(ruth)
    room = open_about(amos, made["id"])["id"]
    ruth.ok("POST", f"conversations/{room}/decline/")
    again = open_about(amos, made["id"])
    assert [m["state"] for m in again["members"]] == ["active", "invited"]
    assert ruth.ok("GET", "conversations/")["results"] == []
    owner("UPDATE participant SET declined_at = now() - interval '31 days' WHERE declined_at IS NOT NULL")
    open_about(amos, made["id"])
    assert len(ruth.ok("GET", "conversations/")["results"]) == 1


def test_kind_prayer_response_is_the_same_conversation(ruth, amos):
    made, sealed = pray(ruth), pray(ruth, is_anonymous=True)
    body = {"kind": "prayer_response", "prayer": made["id"]}
    first = amos.post("conversations/", body)
    assert (first.status, first.body["latest_seq"], first.body["prayer"]) == (201, 0, made["id"])
    assert amos.post("conversations/", body | {"members": [ruth.id]}).body["id"] == first.body["id"]
    assert open_about(amos, made["id"])["id"] == first.body["id"]
    for members in ([ruth.id], [amos.id], [str(uuid4())]):
        answer = amos.post(
            "conversations/", {"kind": "prayer_response", "prayer": sealed["id"], "members": members}
        )
        assert (answer.refusal, answer.fields) == ((400, "invalid"), ["members"])
    assert amos.post("conversations/", {"kind": "prayer_response"}).fields == ["prayer"]
    assert amos.post("conversations/", body | {"prayer": str(uuid4())}).fields == ["prayer"]
    assert amos.post("conversations/", body | {"title": "Mine"}).fields == ["title"]
    answer = amos.post(
        "conversations/", {"kind": "direct_message", "members": [ruth.id], "prayer": made["id"]}
    )
    assert answer.fields == ["prayer"]


@pytest.mark.parametrize("kind", ["group_prayer", "prayer_support"])
def test_a_group_may_be_about_a_prayer(ruth, amos, lydia, kind):
    made = pray(ruth)
    room = amos.group(lydia, kind=kind, title="For her", prayer=made["id"])
    assert (amos.see(room)["prayer"], amos.see(room)["title"]) == (made["id"], "For her")
    assert lines() == []


def test_a_deleted_prayer_leaves_its_conversations_without_its_words(ruth, amos, lydia):
    made = pray(ruth, title="A private matter")
    room = open_about(amos, made["id"])["id"]
    ruth.ok("POST", f"conversations/{room}/accept/")
    group = ruth.group(lydia, title="For me", prayer=made["id"])
    revs = {room_id: ruth.see(room_id)["rev"] for room_id in (room, group)}
    assert ruth.delete(f"prayers/{made['id']}/").status == 204
    for person, room_id, title in ((amos, room, ""), (lydia, group, "For me")):
        seen = person.see(room_id)
        assert (seen["prayer"], seen["title"], seen["rev"]) == (None, title, revs[room_id] + 1)
    assert amos.say(room, "I still pray.")["seq"] == 2
    changes = amos.ok("GET", f"conversations/{room}/changes/?after_rev={revs[room]}")
    assert changes["conversation"]["prayer"] is None
    assert owner("SELECT 1 FROM prayer_pair") == []


def test_a_conversation_has_its_prayers_title(ruth, amos):
    made = pray(ruth, title="First")
    room = open_about(amos, made["id"])["id"]
    rev = amos.see(room)["rev"]
    ruth.ok("PATCH", f"prayers/{made['id']}/", {"title": "Second"})
    assert (amos.see(room)["title"], amos.see(room)["rev"]) == ("Second", rev + 1)
    ruth.ok("PATCH", f"prayers/{made['id']}/", {"title": "Second", "body": "More."})
    assert amos.see(room)["rev"] == rev + 1


def test_a_card_names_a_prayer_that_can_be_seen(ruth, amos):
    room = amos.direct(ruth)
    made = pray(ruth)
    card = {"type": "prayer_card", "payload": {"prayer": made["id"]}, "client_id": new_id()}
    path = f"conversations/{room}/messages/"
    assert amos.post(path, card).status == 201
    assert amos.post(path, {"type": "prayer_card", "content": "For rain"}).status == 201
    unknown = amos.post(path, {"type": "prayer_card", "payload": {"prayer": str(uuid4())}})
    owner("UPDATE prayer SET is_hidden = true")
    hidden = amos.post(path, card | {"client_id": new_id()})
    assert [(a.refusal, a.fields) for a in (unknown, hidden)] == [((400, "invalid"), ["payload.prayer"])] * 2
    assert amos.post(path, card).body["duplicate"] is True


def test_the_limits_of_conversations_and_invitations_hold(ruth, amos, settings):
    settings.INVITATIONS_PER_DAY_NEW = 1
    open_about(amos, pray(ruth)["id"])
    assert try_open(amos, pray(ruth)["id"]).refusal == (429, "rate_limited")
    assert len(lines()) == 1
    settings.INVITATIONS_PER_DAY_NEW = 0
    settings.LIMITS = settings.LIMITS | {"conversations": "1/day"}
    open_about(amos, pray(ruth)["id"])
    assert try_open(amos, pray(ruth)["id"]).refusal == (429, "rate_limited")
