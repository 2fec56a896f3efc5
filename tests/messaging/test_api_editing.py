"""Editing over REST: whose, how long, by the rules of the type; and what it said before."""

import pytest

from tests.messaging.actors import new_id
from tests.messaging.attaching import send_file, upload
from tests.messaging.changing import aged, at, delete, edit, history, read
from tests.messaging.lines import owner
from tests.prayers.acts import open_about, pray, update

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


@pytest.fixture
def group(ruth, amos, lydia):
    return ruth.group(amos, lydia)


def test_an_edited_message_is_200_and_what_both_read(ruth, amos, room):
    sent = ruth.say(room, "helo", client_id=new_id(), mentions=[amos.member_id(room)])
    answer = edit(ruth, room, 1, "hello")
    del sent["duplicate"]
    expected = sent | {
        "content": "hello",
        "rev": sent["rev"] + 1,
        "is_edited": True,
        "edited_at": answer.body["edited_at"],
    }
    assert (answer.status, answer.body) == (200, expected)
    assert read(ruth, room) == expected
    assert read(amos, room) == expected | {"is_mine": False}
    assert ruth.see(room)["rev"] == expected["rev"]
    assert amos.see(room)["latest_message"]["preview"] == "hello"
    assert amos.see(room)["mention_count"] == 1
    changed = amos.ok("GET", f"conversations/{room}/changes/?after_rev={sent['rev']}")
    assert changed["messages"] == [expected | {"is_mine": False}]


def test_quotes_of_it_show_what_it_says_now(ruth, amos, room):
    ruth.say(room, "helo")
    amos.say(room, "re", reply_to=1)
    edit(ruth, room, 1, "hello")
    assert read(amos, room, 2)["reply_to"] == {"seq": 1, "sender_name": "Ruth", "preview": "hello"}


def test_the_same_text_again_changes_nothing(ruth, room):
    sent = ruth.say(room, "hello")
    answer = edit(ruth, room, 1, "hello")
    assert (answer.status, answer.body["rev"], answer.body["is_edited"]) == (200, sent["rev"], False)
    assert ruth.ok("GET", f"{at(room, 1)}revisions/")["results"] == []


def test_its_replay_is_answered_with_the_edited_text_for_ever(ruth, room):
    sent = ruth.say(room, "helo", client_id=new_id())
    edit(ruth, room, 1, "hello")
    again = ruth.try_say(room, "helo", client_id=sent["id"])
    assert (again.status, again.body["content"], again.body["duplicate"]) == (200, "hello", True)


def test_only_its_author_edits_it(ruth, amos, lydia, naomi, group):
    ruth.say(group)
    assert edit(amos, group, 1).refusal == (403, "forbidden")
    assert edit(naomi, group, 1).refusal == (404, "not_found")
    assert edit(ruth, group, 2).refusal == (404, "not_found")
    assert read(lydia, group)["content"] == "hello"


def test_after_a_quarter_of_an_hour_it_stands(ruth, room):
    ruth.say(room)
    aged(room, minutes=14)
    assert edit(ruth, room, 1).status == 200
    aged(room, minutes=2)
    refused = edit(ruth, room, 1, "late")
    assert (refused.refusal, refused.body["detail"]) == (
        (403, "forbidden"),
        "A message can be edited for 15 minutes.",
    )
    assert read(ruth, room)["content"] == "mended"


def test_what_is_deleted_is_not_edited(ruth, room):
    ruth.say(room)
    delete(ruth, room, 1)
    assert edit(ruth, room, 1).refusal == (409, "conflict")
    ruth.say(room)
    delete(ruth, room, 2, "me")
    assert edit(ruth, room, 2).refusal == (404, "not_found")


def test_who_was_removed_or_has_left_edits_no_more(ruth, amos, lydia, group):
    for person in (amos, lydia):
        person.say(group)
    ruth.ok("DELETE", f"conversations/{group}/members/{amos.member_id(group)}/")
    lydia.ok("DELETE", f"conversations/{group}/members/{lydia.member_id(group)}/")
    assert edit(amos, group, 1).refusal == edit(lydia, group, 2).refusal == (404, "not_found")


def test_a_blocked_pair_edits_no_more(ruth, amos, room):
    ruth.say(room)
    amos.say(room)
    amos.blocks(ruth)
    assert edit(ruth, room, 1).refusal == edit(amos, room, 2).refusal == (403, "blocked")


@pytest.mark.parametrize(
    ("table", "change", "refusal"),
    [
        ("conversation", "is_active = false", (409, "conflict")),
        ("conversation", "is_frozen = true", (403, "forbidden")),
        ("participant", "silenced_until = now() + interval '1 hour'", (403, "forbidden")),
    ],
)
def test_where_one_may_not_write_one_may_not_edit(ruth, amos, group, table, change, refusal):
    amos.say(group)
    key = "id" if table == "conversation" else "conversation_id"
    owner(f"UPDATE {table} SET {change} WHERE {key} = %s", group)
    assert edit(amos, group, 1).refusal == refusal


PLACE = {"latitude": 1.5, "longitude": 2.5}


@pytest.mark.parametrize(
    ("sent", "body", "fields"),
    [
        ({}, {}, ["content"]),
        ({}, {"content": None}, ["content"]),
        ({}, {"content": " \u200b"}, ["content"]),
        ({}, {"content": "x" * 10_001}, ["content"]),
        ({}, {"content": 5}, ["content"]),
        ({}, {"payload": PLACE}, ["payload"]),
        ({}, {"content": "x", "mentions": []}, ["mentions"]),
        ({"type": "location", "content": None, "payload": PLACE}, {"payload": None}, ["payload"]),
        ({"type": "location", "content": None, "payload": PLACE}, {"payload": {"latitude": 91, "longitude": 0}}, ["payload.latitude"]),
        ({"type": "bible_verse", "payload": {"reference": "John 3:16"}}, {"payload": {"reference": "John 99:1"}}, ["payload.reference"]),
    ],
)  # fmt: skip
def test_the_rules_of_its_type_hold(ruth, room, sent, body, fields):
    before = ruth.say(room, **sent)
    answer = ruth.patch(at(room, 1), body)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), fields)
    assert read(ruth, room) == {key: value for key, value in before.items() if key != "duplicate"}


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        ({"type": "location", "content": "here", "payload": PLACE}, {"payload": {"latitude": 3, "longitude": 4, "label": "there"}}),
        ({"type": "location", "content": "here", "payload": PLACE}, {"content": None}),
        ({"type": "bible_verse", "payload": {"reference": "John 3:16"}}, {"payload": {"reference": "John 3:17"}, "content": "x"}),
        ({"type": "prayer_card"}, {"content": "for her"}),
    ],
)  # fmt: skip
def test_every_type_is_edited_by_its_own_parts(ruth, room, sent, body):
    before = ruth.say(room, **sent)
    after = ruth.ok("PATCH", at(room, 1), body)
    assert {key: after[key] for key in ("content", "payload")} == {
        "content": before["content"],
        "payload": before["payload"],
    } | body


def test_an_update_is_worded_anew_and_says_of_its_prayer_what_it_said(ruth, amos):
    room = open_about(amos, pray(ruth)["id"])["id"]
    ruth.ok("POST", f"conversations/{room}/accept/")
    sent = update(ruth, room).body
    answer = ruth.patch(at(room, sent["seq"]), {"payload": {"is_answered": True}})
    assert (answer.refusal, answer.fields) == ((400, "invalid"), ["payload"])
    assert edit(ruth, room, sent["seq"], "still waiting").body["payload"] == {"is_answered": False}


def test_a_caption_is_edited_and_its_picture_stays(ruth, amos, room):
    sent = send_file(ruth, room, upload(ruth)["id"], content="helo")
    assert edit(ruth, room, 1, "hello").body["attachment"]["id"] == sent["attachment"]["id"]
    assert read(amos, room)["attachment"]["id"] == sent["attachment"]["id"]
    assert edit(ruth, room, 1, None).body["content"] is None


def test_earlier_texts_are_kept_for_the_author_alone(ruth, amos, room):
    sent = ruth.say(room, "first")
    texts = ["two", "three"]
    stamps = [edit(ruth, room, 1, text).body["edited_at"] for text in texts]
    assert ruth.ok("GET", f"{at(room, 1)}revisions/") == {
        "results": [
            {"content": "first", "payload": None, "written_at": sent["created_at"]},
            {"content": "two", "payload": None, "written_at": stamps[0]},
        ],
        "next": None,
        "previous": None,
    }
    assert amos.get(f"{at(room, 1)}revisions/").refusal == (404, "not_found")
    assert "first" not in str(history(amos, room))


def test_a_message_is_edited_a_hundred_times_at_most(ruth, room):
    sent = ruth.say(room)
    owner(
        "INSERT INTO message_revision SELECT %s, n, 'x', NULL, now() FROM generate_series(1, 99) n",
        sent["id"],
    )
    assert edit(ruth, room, 1, "hundredth").status == 200
    assert edit(ruth, room, 1, "one more").refusal == (409, "conflict")


def test_the_sealed_author_edits_and_nobody_learns_who(ruth, amos, lydia, group):
    amos.say(group, "in secret", is_anonymous=True)
    before = [read(person, group) for person in (ruth, lydia)]
    answer = edit(amos, group, 1, "in peace")
    assert (answer.status, answer.body["is_mine"], answer.body["sender"]) == (200, True, None)
    for person, seen in zip((ruth, lydia), before, strict=True):
        changed = {"content": "in peace", "is_edited": True, "edited_at": answer.body["edited_at"]}
        assert read(person, group) == seen | changed | {"rev": answer.body["rev"]}
        assert edit(person, group, 1).refusal == (403, "forbidden")
        assert person.get(f"{at(group, 1)}revisions/").refusal == (404, "not_found")
    assert [row["content"] for row in amos.ok("GET", f"{at(group, 1)}revisions/")["results"]] == ["in secret"]
    seen = {member["name"]: member for member in ruth.ok("GET", f"conversations/{group}/members/")["results"]}
    assert set(seen) == {"Ruth", "Amos", "Lydia"}


def test_edits_are_counted_against_the_limit(ruth, room, settings):
    settings.MESSAGES_BURST = 1
    ruth.say(room)
    assert edit(ruth, room, 1, "once").status == 200
    assert edit(ruth, room, 1, "twice").refusal == (429, "rate_limited")
