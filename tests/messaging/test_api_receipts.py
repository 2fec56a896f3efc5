"""Marks over REST and the rows they leave."""

import pytest

from tests.messaging.actors import Actor, actor
from tests.messaging.lines import as_writer, line, owner
from tests.messaging.many import many_messages

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


def mark(person, room, **marks):
    return person.post(f"conversations/{room}/receipts/", marks)


def rows(person, room):
    """(seq, is it read?) of the delivery rows of one member."""
    found = owner(
        "SELECT m.seq, d.read_at IS NOT NULL FROM delivery_status d JOIN message m ON m.id = d.message_id"
        " JOIN participant p ON p.id = d.participant_id"
        " WHERE m.conversation_id = %s AND p.user_id = %s ORDER BY 1",
        room,
        person.id,
    )
    return [tuple(row) for row in found]


def test_marks_move_forward_only_and_read_implies_delivered(ruth, amos, room):
    for number in range(5):
        ruth.say(room, str(number))
    steps = [
        {"delivered": 2},
        {"read": 1},
        {"read": 4},
        {"delivered": 1},
        {"read": 2, "delivered": 5},
        {"read": 0},
    ]
    seen = [tuple(mark(amos, room, **step).body.values()) for step in steps]
    assert seen == [(2, 0), (2, 1), (4, 4), (4, 4), (5, 4), (5, 4)]
    mine = amos.see(room)["my_member"]
    assert (mine["delivered_seq"], mine["read_seq"]) == (5, 4)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["read"]),
        ({"read": 2}, ["read"]),
        ({"delivered": 2}, ["delivered"]),
        ({"read": 1, "delivered": 9}, ["delivered"]),
        ({"read": -1}, ["read"]),
        ({"read": "1"}, ["read"]),
        ({"read": 1.5}, ["read"]),
        ({"read": 2**63}, ["read"]),
        ({"read": 1, "seen": 1}, ["seen"]),
    ],
)
def test_a_mark_that_cannot_be_is_400(ruth, amos, room, body, fields):
    ruth.say(room)
    answer = amos.post(f"conversations/{room}/receipts/", body)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), fields)


def test_marks_are_for_active_members(ruth, amos, lydia):
    room = ruth.group(amos, accepted=False)
    ruth.say(room)
    assert mark(amos, room, read=1).refusal == (403, "forbidden")
    assert mark(lydia, room, read=1).refusal == (404, "not_found")


def test_a_moved_mark_steps_me_rev_once_and_never_rev(ruth, amos, room):
    ruth.say(room)
    before = amos.see(room)["rev"]
    steps = []
    for _ in range(2):
        mark(amos, room, read=1)
        steps.append(amos.ok("POST", "sync/", {})["me_rev"])
    assert (steps, amos.see(room)["rev"]) == ([1, 1], before)


ANDROID = "Mozilla/5.0 (Linux; Android 6.0.1; SM-J500FN) AppleWebKit/537.36"


@committed
def test_a_row_keeps_the_platform_and_nothing_else_of_the_device(ruth, amos, room):
    ruth.say(room, "Peace")
    android = {"User-Agent": ANDROID}
    assert amos.call("POST", f"conversations/{room}/receipts/", {"read": 1}, headers=android).status == 200
    assert owner("SELECT device_info FROM delivery_status") == [({"platform": "android"},)]
    assert "platform" not in str(ruth.get(f"conversations/{room}/messages/1/delivery/").body)


@committed
def test_every_message_of_others_gets_a_row_that_reading_completes(ruth, amos, room):
    for number in range(3):
        ruth.say(room, str(number))
    amos.say(room, "mine")
    mark(amos, room, delivered=3)
    assert rows(amos, room) == [(1, False), (2, False), (3, False)]
    mark(amos, room, read=2)
    assert rows(amos, room) == [(1, True), (2, True), (3, False)]
    mark(amos, room, read=4)
    assert rows(amos, room) == [(1, True), (2, True), (3, True)]  # not for one's own message
    assert owner("SELECT bool_and(read_at >= delivered_at) FROM delivery_status") == [(True,)]


@committed
def test_who_does_not_share_receipts_leaves_no_row(ruth, amos, room):
    amos.ok("PATCH", "me/", {"share_read_receipts": False})
    ruth.say(room)
    assert mark(amos, room, read=1).body == {"delivered_seq": 1, "read_seq": 1}
    assert rows(amos, room) == []
    assert ruth.ok("GET", f"conversations/{room}/changes/?after_rev=0")["receipts"] == []


@committed
def test_an_anonymous_member_leaves_no_row(ruth, amos):
    made = ruth.ok(
        "POST", "conversations/", {"kind": "direct_message", "members": [amos.id], "is_anonymous": True}
    )
    amos.ok("POST", f"conversations/{made['id']}/accept/")
    amos.say(made["id"])
    mark(ruth, made["id"], read=1)
    assert rows(ruth, made["id"]) == []
    assert amos.ok("GET", f"conversations/{made['id']}/changes/?after_rev=0")["receipts"] == []


@committed
def test_late_joiners_get_rows_from_their_time_on(ruth, amos, lydia):
    room = ruth.group(amos)
    ruth.say(room)
    ruth.ok("POST", f"conversations/{room}/members/", {"user": lydia.id})
    ruth.say(room)
    lydia.ok("POST", f"conversations/{room}/accept/")
    mark(lydia, room, read=2)
    assert rows(lydia, room) == [(2, True)]


@committed
def test_one_advance_writes_the_newest_thousand_rows(ruth, amos, room):
    many_messages(room, ruth.member_id(room), 1_500)
    mark(amos, room, read=1_500)
    assert rows(amos, room) == [(seq, True) for seq in range(501, 1_501)]


@committed
def test_marks_of_one_batch_write_each_members_own_rows(ruth, amos, lydia):
    """Who is far behind, who is a little behind, and on which device; of one conversation and of two."""
    room, pair = ruth.group(amos, lydia), ruth.direct(amos)
    many_messages(room, ruth.member_id(room), 400)
    ruth.say(pair)
    mark(lydia, room, read=395)

    def wanted(person: Actor, room, platform, **marks):
        device = {"platform": platform}
        return {"author": person.id, "conversation": room, "device": device, **marks}

    batch = [
        wanted(amos, room, "web", delivered=200),
        wanted(lydia, room, "android", delivered=400, read=398),
        wanted(amos, pair, "ios", read=1),
    ]
    with line() as connection:
        as_writer(connection, "mark_receipts", batch)
    assert rows(amos, room) == [(seq, False) for seq in range(1, 201)]
    assert rows(lydia, room) == [(seq, seq <= 398) for seq in range(1, 401)]
    assert rows(amos, pair) == [(1, True)]
    used = owner(
        "SELECT DISTINCT p.user_id::text AS person, p.conversation_id::text AS room, d.device_info->>'platform' AS platform"
        " FROM delivery_status d JOIN participant p ON p.id = d.participant_id"
        " JOIN message m ON m.id = d.message_id WHERE p.user_id <> %s OR m.seq > 395",
        lydia.id,
    )
    assert {tuple(row) for row in used} == {
        (amos.id, room, "web"), (amos.id, pair, "ios"), (lydia.id, room, "android"),
    }  # fmt: skip


@committed
def test_larger_conversations_answer_by_marks_alone(ruth, amos):
    room = ruth.group(amos)
    ruth.say(room)
    owner("UPDATE conversation SET active_count = 256, member_count = 256 WHERE id = %s", room)
    mark(amos, room, delivered=1)
    assert rows(amos, room) == [(1, False)]
    owner("UPDATE conversation SET active_count = 257, member_count = 257 WHERE id = %s", room)
    ruth.say(room)
    assert mark(amos, room, read=2).body == {"delivered_seq": 2, "read_seq": 2}
    assert rows(amos, room) == [(1, False)]


@committed
def test_a_batch_answers_each_mark_for_itself(ruth, amos, lydia):
    rooms = [ruth.group(amos), ruth.direct(amos)]
    for room in rooms:
        ruth.say(room)

    def wanted(person: Actor, room, **marks):
        request = {"author": person.id, "conversation": room, "delivered": None, "read": None, "device": None}
        return request | marks

    with line() as connection:
        batch = [
            wanted(amos, rooms[0], delivered=1),
            wanted(amos, rooms[0], read=1),
            wanted(amos, rooms[1], read=2),
            wanted(lydia, rooms[0], read=1),
            wanted(amos, rooms[1], read=1),
            wanted(ruth, rooms[0], read=1),
        ]
        answers = as_writer(connection, "mark_receipts", batch)
    assert [row.outcome for row in answers] == ["ok", "ok", "invalid", "not_found", "ok", "ok"]
    assert [row.changed for row in answers if row.outcome == "ok"] == [True, True, True, False]
    assert owner("SELECT me_rev FROM person_state WHERE user_id = %s", amos.id) == [(1,)]


@committed
def test_receipts_in_changes_are_those_of_others_who_share(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    ruth.say(room)
    mark(amos, room, delivered=1)
    mark(lydia, room, read=1)
    lydia.ok("PATCH", "me/", {"share_read_receipts": False})
    receipts = ruth.ok("GET", f"conversations/{room}/changes/?after_rev=0")["receipts"]
    assert receipts == [{"member": amos.member_id(room), "delivered_seq": 1, "read_seq": 0}]


def test_a_strangers_request_gives_no_receipt(ruth, amos):
    room = ruth.direct(amos, accepted=False)
    ruth.say(room)
    assert mark(amos, room, delivered=1).refusal == (403, "forbidden")
    assert actor().post(f"conversations/{room}/receipts/", {"read": 1}).refusal == (404, "not_found")
