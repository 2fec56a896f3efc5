"""Sending and reading over REST."""

from uuid import uuid4

import pytest

from tests.messaging.actors import new_id

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


def test_a_sent_message_is_201_and_what_both_read(ruth, amos, room):
    client_id = new_id()
    body = {"type": "text", "content": " \u05e9\u05dc\u05d5\u05dd e\u0301\U0001f64f ", "client_id": client_id}
    answer = ruth.post(f"conversations/{room}/messages/", body)
    sent = answer.body
    assert (answer.status, answer.headers["Cache-Control"]) == (201, "private, no-store")
    assert answer.headers["Content-Type"] == "application/json"
    expected = {
        "id": client_id,
        "conversation": room,
        "seq": 1,
        "rev": ruth.see(room)["rev"],
        "sender": ruth.member_id(room),
        "sender_name": "Ruth",
        "is_mine": True,
        "is_anonymous": False,
        "type": "text",
        "content": body["content"],
        "attachment": None,
        "payload": None,
        "reply_to": None,
        "mentions": [],
        "reactions": [],
        "is_edited": False,
        "edited_at": None,
        "state": "live",
        "is_starred": False,
        "is_pinned": False,
        "created_at": sent["created_at"],
    }
    assert sent == expected | {"duplicate": False}
    assert sent["created_at"].endswith("Z")
    assert ruth.get(f"conversations/{room}/messages/1/").body == expected
    assert amos.get(f"conversations/{room}/messages/1/").body == expected | {"is_mine": False}
    assert amos.get(f"conversations/{room}/messages/").body["results"] == [expected | {"is_mine": False}]


def test_the_same_client_id_is_200_and_another_body_409(ruth, amos, room):
    first = ruth.say(room, "once", client_id=new_id())
    again = ruth.try_say(room, "once", client_id=first["id"])
    assert (again.status, again.body) == (200, first | {"duplicate": True})
    assert ruth.try_say(room, "other", client_id=first["id"]).refusal == (409, "client_id_reused")
    assert amos.try_say(room, "once", client_id=first["id"]).refusal == (409, "client_id_reused")
    assert ruth.say(room, "next")["seq"] == 2


def test_without_a_client_id_the_server_makes_one(ruth, room):
    assert ruth.say(room)["id"][14] == "7"


def test_a_client_id_that_is_no_recent_uuid7_is_400_with_the_servers_time(ruth, room):
    answer = ruth.try_say(room, client_id=str(uuid4()))
    assert answer.refusal == (400, "client_id_invalid")
    assert answer.body["server_time"].endswith("Z")
    answer = ruth.try_say(room, client_id="one")
    assert (answer.refusal, answer.fields) == ((400, "client_id_invalid"), ["client_id"])
    assert answer.body["server_time"].endswith("Z")
    assert ruth.try_say(room, client_id=1).refusal == (400, "invalid")


LONG = "\U0001f64f" * 10_000


def test_ten_thousand_characters_are_kept_and_one_more_refused(ruth, room):
    assert ruth.say(room, LONG)["content"] == LONG
    answer = ruth.try_say(room, LONG + "x")
    assert (answer.refusal, answer.fields) == ((400, "invalid"), ["content"])
    assert "\U0001f64f" not in str(answer.body)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["type"]),
        ({"type": "poem", "content": "x"}, ["type"]),
        ({"type": "text"}, ["content"]),
        ({"type": "text", "content": ""}, ["content"]),
        ({"type": "text", "content": " \n\t\u200b\u2060\u3000\ufeff"}, ["content"]),
        ({"type": "text", "content": 7}, ["content"]),
        ({"type": "text", "content": "a\0b"}, ["content"]),
        ({"type": "text", "content": "x", "colour": "red"}, ["colour"]),
        ({"type": "text", "content": "x", "payload": {}}, ["payload"]),
        ({"type": "text", "content": "x", "attachment": str(uuid4())}, ["attachment"]),
        ({"type": "text", "content": "x", "reply_to": 1}, ["reply_to"]),
        ({"type": "text", "content": "x", "reply_to": 0}, ["reply_to"]),
        ({"type": "text", "content": "x", "reply_to": 2**63}, ["reply_to"]),
        ({"type": "text", "content": "x", "reply_to": "1"}, ["reply_to"]),
        ({"type": "text", "content": "x", "mentions": [str(uuid4())]}, ["mentions"]),
        ({"type": "text", "content": "x", "mentions": [str(uuid4())] * 2}, ["mentions"]),
        ({"type": "text", "content": "x", "mentions": [str(uuid4()) for _ in range(101)]}, ["mentions"]),
        ({"type": "text", "content": "x", "is_anonymous": 1}, ["is_anonymous"]),
        ({"type": "image"}, ["attachment"]),
        ({"type": "image", "content": "caption"}, ["attachment"]),
        ({"type": "audio"}, ["attachment"]),
        ({"type": "video"}, ["attachment"]),
        ({"type": "location"}, ["payload"]),
        ({"type": "location", "payload": {"latitude": 1}}, ["payload.longitude"]),
        ({"type": "location", "payload": {"latitude": 91, "longitude": 0}}, ["payload.latitude"]),
        ({"type": "location", "payload": {"latitude": "1", "longitude": 0}}, ["payload.latitude"]),
        ({"type": "location", "payload": {"latitude": 1, "longitude": 0, "x": 1}}, ["payload.x"]),
        ({"type": "location", "payload": {"latitude": 1, "longitude": 0, "label": ""}}, ["payload.label"]),
        ({"type": "location", "payload": [1, 2]}, ["payload"]),
        ({"type": "location", "payload": {"latitude": 1, "longitude": 2, "label": "\0"}}, ["payload.label"]),
        ({"type": "prayer_card"}, ["content"]),
        ({"type": "prayer_card", "payload": {"prayer": "x"}}, ["payload.prayer"]),
        ({"type": "prayer_update", "content": "Thanks"}, ["payload"]),
        ({"type": "prayer_update", "payload": {"is_answered": True}}, ["content"]),
        (
            {"type": "prayer_update", "content": "x", "payload": {"is_answered": "yes"}},
            ["payload.is_answered"],
        ),
        ({"type": "bible_verse", "payload": {"reference": "John 3:16"}}, ["content"]),
        (
            {"type": "bible_verse", "content": "x", "payload": {"reference": "John 99:1"}},
            ["payload.reference"],
        ),
        (
            {"type": "bible_verse", "content": "x", "payload": {"reference": "Hezekiah 3:16"}},
            ["payload.reference"],
        ),
        ({"type": "bible_verse", "content": "x", "payload": {"reference": "see you"}}, ["payload.reference"]),
        ({"type": "bible_verse", "content": "x", "payload": {"reference": "x" * 201}}, ["payload.reference"]),
    ],
)
def test_a_message_that_cannot_be_is_400_with_its_field(ruth, room, body, fields):
    answer = ruth.post(f"conversations/{room}/messages/", body)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), fields)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert ruth.see(room)["latest_seq"] == 0


def test_a_payload_above_two_kibibytes_is_400(ruth, room):
    body = {"type": "location", "payload": {"latitude": 1, "longitude": 2, "label": "x" * 2_100}}
    assert ruth.post(f"conversations/{room}/messages/", body).refusal == (400, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        {"type": "location", "payload": {"latitude": -33.9, "longitude": 18.4, "label": "Cape Town"}},
        {"type": "location", "content": "here", "payload": {"latitude": 90, "longitude": -180}},
        {"type": "prayer_card", "content": "Pray for rain"},
        {
            "type": "bible_verse",
            "content": "For God …",
            "payload": {"reference": "John 3:16", "translation": "ASV"},
        },
    ],
)
def test_every_type_that_needs_no_attachment_is_accepted_unchanged(ruth, amos, room, body):
    sent = ruth.ok("POST", f"conversations/{room}/messages/", body)
    read = amos.ok("GET", f"conversations/{room}/messages/1/")
    assert {name: read[name] for name in body} == body
    del sent["duplicate"]
    assert read == sent | {"is_mine": False}


def test_a_reply_quotes_what_the_reader_may_see(ruth, amos, room):
    ruth.say(room, "x" * 150)
    quote = {"seq": 1, "sender_name": "Ruth", "preview": "x" * 100}
    assert amos.say(room, "re", reply_to=1)["reply_to"] == quote
    assert ruth.ok("GET", f"conversations/{room}/messages/2/")["reply_to"] == quote


def test_mentions_are_active_members_of_this_very_conversation(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    mine = amos.member_id(room)
    assert ruth.say(room, mentions=[mine])["mentions"] == [mine]
    lydia.ok("DELETE", f"conversations/{room}/members/{lydia.member_id(room)}/")
    gone = ruth.ok("GET", f"conversations/{room}/changes/?after_rev=0")["members"]
    left = next(row["id"] for row in gone if row["name"] == "Lydia")
    assert ruth.try_say(room, mentions=[left]).fields == ["mentions"]


def test_an_anonymous_message_names_nobody_but_its_author_knows_it(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    client_id = new_id()
    sent = amos.say(room, "hidden", is_anonymous=True, client_id=client_id)
    assert (sent["sender"], sent["sender_name"], sent["is_mine"], sent["is_anonymous"]) == (
        None,
        "Someone",
        True,
        True,
    )
    assert sent["id"] != client_id
    again = amos.try_say(room, "hidden", is_anonymous=True, client_id=client_id)
    assert (again.status, again.body) == (200, sent | {"duplicate": True})
    seen = ruth.ok("GET", f"conversations/{room}/messages/1/")
    del sent["duplicate"]
    assert seen == sent | {"is_mine": False}
    assert amos.id not in str(seen)
    assert amos.member_id(room) not in str(seen)
    latest = ruth.see(room)["latest_message"]
    assert (latest["sender"], latest["sender_name"]) == (None, "Someone")
    ruth.say(room, "re", reply_to=1)
    quote = lydia.ok("GET", f"conversations/{room}/messages/2/")["reply_to"]
    assert quote == {"seq": 1, "sender_name": "Someone", "preview": "hidden"}
    assert ruth.try_say(room, "hidden", client_id=client_id).refusal == (409, "client_id_reused")


def test_two_are_too_few_for_an_anonymous_message(ruth, room):
    assert ruth.try_say(room, is_anonymous=True).refusal == (422, "anonymity_impossible")


def test_every_refusal_has_its_status(ruth, amos, lydia, naomi, room):
    pending = ruth.direct(naomi, accepted=False)
    invited = ruth.group(lydia, accepted=False)
    assert lydia.try_say(room).refusal == (404, "not_found")
    assert ruth.try_say(str(uuid4())).refusal == (404, "not_found")
    assert lydia.try_say(invited).refusal == (403, "forbidden")
    for _ in range(3):
        ruth.say(pending)
    assert ruth.try_say(pending).refusal == (403, "request_pending")
    amos.blocks(ruth)
    assert ruth.try_say(room).refusal == amos.try_say(room).refusal == (403, "blocked")


def test_sixty_at_once_and_then_one_a_second(ruth, room, settings):
    settings.MESSAGES_BURST, settings.MESSAGES_PER_SECOND = 5, 0.01
    answers = [ruth.try_say(room) for _ in range(7)]
    assert [answer.status for answer in answers] == [201] * 5 + [429] * 2
    refused = answers[-1]
    assert refused.code == "rate_limited"
    assert 90_000 < refused.body["retry_after_ms"] <= 100_000
    assert 90 <= int(refused.headers["Retry-After"]) <= 100
    assert ruth.see(room)["latest_seq"] == 5
