"""send_messages(): each row of a batch is answered for itself."""

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.utils.timezone import now

from messaging.schemas.messages import SendMessage
from messaging.services.sending import send_request
from prayermap.lib.db import as_jsonb
from prayermap.lib.ids import uuid7_at
from tests.messaging.actors import actor, new_id
from tests.messaging.lines import as_member, as_postgresql_sees, as_writer, line, owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connection():
    with line() as opened:
        yield opened


@pytest.fixture
def send(connection):
    """Send requests in one batch; their rows in order."""
    return lambda *requests: as_writer(connection, "send_messages", list(requests))


def request(author, room, content="hello", *, client_id=None, **more):
    body = SendMessage(type="text", content=content, client_id=UUID(client_id or new_id()), **more)
    return as_postgresql_sees(send_request(author=author.user.pk, conversation_id=UUID(str(room)), body=body))


def outcomes(rows):
    return [row.outcome for row in rows]


def id_made(ago):
    """A client_id of a clock that is `ago` behind ours."""
    return str(uuid7_at(int((now() - ago).timestamp() * 1000)))


def test_every_outcome_stands_in_one_batch_and_none_fails_its_neighbours(send, ruth, amos, lydia, naomi):
    room = ruth.group(amos, lydia)
    known = ruth.say(room, "known", client_id=new_id())["id"]
    foreign = amos.say(room, "of Amos", client_id=new_id())["id"]
    invited = ruth.group(naomi, accepted=False)
    apart = ruth.direct(amos)
    amos.blocks(ruth)
    pending = ruth.direct(actor(), accepted=False)
    for _ in range(3):
        ruth.say(pending)
    closed = ruth.group()
    owner("UPDATE conversation SET is_active = false WHERE id = %s", closed)
    small = ruth.group(lydia)
    twice = new_id()
    expected = [
        (request(ruth, room, "first"), "ok"),
        (request(ruth, room, "known", client_id=known), "duplicate"),
        (request(ruth, room, "another body", client_id=known), "client_id_reused"),
        (request(ruth, small, "known", client_id=known), "client_id_reused"),
        (request(ruth, room, "of Amos", client_id=foreign), "client_id_reused"),
        (request(ruth, room, client_id=id_made(timedelta(days=30, minutes=1))), "client_id_invalid"),
        (request(ruth, room, client_id=id_made(-timedelta(minutes=6))), "client_id_invalid"),
        (request(ruth, room, client_id=id_made(timedelta(days=29, hours=23))), "ok"),
        (request(ruth, room, client_id=id_made(-timedelta(minutes=4))), "ok"),
        (request(ruth, room, client_id=str(uuid4())), "client_id_invalid"),
        (request(naomi, room), "not_found"),
        (request(ruth, uuid4()), "not_found"),
        (request(naomi, invited), "forbidden"),
        (request(ruth, apart), "blocked"),
        (request(amos, apart), "blocked"),
        (request(ruth, pending), "request_pending"),
        (request(ruth, closed), "conflict"),
        (request(ruth, small, is_anonymous=True), "anonymity_impossible"),
        (request(ruth, room, reply_to=99), "invalid:reply_to"),
        (request(ruth, room, mentions=[uuid4()]), "invalid:mentions"),
        (request(ruth, room, mentions=[UUID(ruth.member_id(small))]), "invalid:mentions"),
        (request(ruth, room, "twice", client_id=twice), "ok"),
        (request(ruth, room, "twice", client_id=twice), "duplicate"),
        (request(ruth, room, "another", client_id=twice), "client_id_reused"),
        (request(ruth, room, "last", reply_to=1), "ok"),
    ]
    rows = send(*(sent for sent, _ in expected))
    assert outcomes(rows) == [outcome for _, outcome in expected]
    assert [row.seq for row in rows if row.outcome == "ok"] == [3, 4, 5, 6, 7]
    assert (rows[1].id, rows[1].seq) == (UUID(known), 1)
    assert (rows[22].id, rows[22].seq) == (UUID(twice), 6)
    assert (rows[-1].reply_name, rows[-1].reply_preview) == ("Ruth", "known")
    stored = owner(
        "SELECT seq, content FROM message WHERE conversation_id = %s AND seq > 2 ORDER BY seq", room
    )
    contents = ["first", "hello", "hello", "twice", "last"]
    assert [tuple(row) for row in stored] == list(enumerate(contents, start=3))


def test_a_batch_of_fifty_is_one_statement(send, ruth, amos):
    rooms = [ruth.direct(amos), ruth.group(amos)]
    rows = send(*(request(ruth, rooms[number % 2], str(number)) for number in range(50)))
    assert outcomes(rows) == ["ok"] * 50
    assert [row.seq for row in rows] == [number // 2 + 1 for number in range(50)]


def test_a_strangers_fourth_message_waits_within_one_batch_too(send, ruth, amos):
    room = ruth.direct(amos, accepted=False)
    rows = send(*(request(ruth, room) for _ in range(5)))
    assert outcomes(rows) == ["ok"] * 3 + ["request_pending"] * 2
    amos.ok("POST", f"conversations/{room}/accept/")
    assert outcomes(send(request(ruth, room))) == ["ok"]


def test_after_deletion_a_replay_finds_the_tombstone_whatever_its_body(send, ruth, amos):
    room, other = ruth.direct(amos), ruth.group(amos)
    sent = ruth.say(room, "gone", client_id=new_id())
    owner(
        "UPDATE message SET state = 'deleted', content = NULL, request_digest = NULL WHERE id = %s",
        sent["id"],
    )
    rows = send(
        request(ruth, room, "gone", client_id=sent["id"]),
        request(ruth, room, "another body", client_id=sent["id"]),
        request(amos, room, "gone", client_id=sent["id"]),
        request(ruth, other, "gone", client_id=sent["id"]),
    )
    assert outcomes(rows) == ["duplicate", "duplicate", "client_id_reused", "client_id_reused"]
    again = ruth.try_say(room, "another body", client_id=sent["id"])
    assert (again.status, again.body["duplicate"], again.body["state"]) == (200, True, "deleted")
    assert again.body["content"] is None


def test_an_old_known_id_is_looked_up_before_its_age_is_judged(send, ruth, amos):
    room = ruth.direct(amos)
    old, unknown = (request(ruth, room, client_id=id_made(timedelta(days=40))) for _ in range(2))
    (row,) = send(request(ruth, room))
    owner(  # as if it had been sent 40 days ago
        "UPDATE message SET id = %s, request_digest = %s WHERE id = %s",
        old["client_id"],
        old["digests"][0],
        row.id,
    )
    assert outcomes(send(old, unknown)) == ["duplicate", "client_id_invalid"]


def test_an_anonymous_message_has_an_id_of_the_servers_and_a_sealed_author(send, ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    sent = request(amos, room, "hidden", is_anonymous=True)
    (row,) = send(sent)
    assert (row.outcome, row.member, row.member_name, row.is_anonymous) == ("ok", None, "Someone", True)
    assert str(row.id) == sent["fresh_id"] != sent["client_id"]
    (stored,) = owner("SELECT sender_id, is_anonymous FROM message WHERE id = %s", row.id)
    assert stored == (None, True)
    (sealed,) = owner("SELECT participant_id::text AS member, client_id::text FROM message_author")
    assert sealed == (amos.member_id(room), sent["client_id"])
    again = send(sent | {"fresh_id": new_id()})[0]
    assert (again.outcome, again.id, again.seq) == ("duplicate", row.id, row.seq)


def test_another_persons_anonymous_client_id_is_reused_and_nothing_else(send, ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    sent = request(amos, room, "hidden", is_anonymous=True)
    (first,) = send(sent)
    taken = [
        request(lydia, room, "hidden", client_id=id_, is_anonymous=True)
        for id_ in (sent["client_id"], str(first.id))
    ]
    assert outcomes(send(*taken)) == ["client_id_reused"] * 2


def test_own_sends_move_ones_mark_until_somebody_elses_message(send, ruth, amos):
    room = ruth.direct(amos)
    rows = send(request(ruth, room), request(amos, room), request(ruth, room))
    assert [row.seq for row in rows] == [1, 2, 3]
    marks = owner(
        "SELECT u.display_name, p.read_seq, p.delivered_seq FROM participant p JOIN accounts_user u ON u.id = p.user_id"
        " WHERE p.conversation_id = %s ORDER BY 1",
        room,
    )
    assert [tuple(row) for row in marks] == [("Amos", 0, 0), ("Ruth", 1, 1)]


def test_an_anonymous_send_moves_no_mark_of_its_author(send, ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    send(request(amos, room, is_anonymous=True))
    mine = amos.see(room)["my_member"]
    assert (mine["read_seq"], mine["delivered_seq"]) == (0, 0)


def test_the_author_of_a_members_send_is_who_acts_whatever_the_request_says(connection, ruth, amos):
    room = ruth.direct(amos)
    sent = request(ruth, room)
    (row,) = as_member(connection, amos.id, "SELECT * FROM send_message(%s)", as_jsonb(sent))
    assert (row.outcome, row.member_name) == ("ok", "Amos")


def test_a_missing_month_refuses_and_leaves_no_hole(send, ruth, amos):
    room = ruth.direct(amos)
    (part,) = owner("SELECT 'message_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM') AS name")
    (bounds,) = owner(
        "SELECT pg_get_expr(relpartbound, oid) AS value FROM pg_class WHERE relname = %s", part.name
    )
    owner(f"ALTER TABLE message DETACH PARTITION {part.name}")
    try:
        with pytest.raises(psycopg.errors.CheckViolation, match="no partition"):
            send(request(ruth, room))
        assert ruth.try_say(room).refusal == (503, "unavailable")
    finally:
        owner(f"ALTER TABLE message ATTACH PARTITION {part.name} {bounds.value}")
    assert ruth.say(room)["seq"] == 1


def test_a_suspended_person_sends_nothing(send, ruth, amos):
    room = ruth.direct(amos)
    owner(
        "UPDATE accounts_user SET suspended_until = now() + interval '1 day', suspension_reason_code = 'spam'"
        " WHERE id = %s",
        ruth.id,
    )
    assert outcomes(send(request(ruth, room), request(amos, room))) == ["forbidden", "ok"]
