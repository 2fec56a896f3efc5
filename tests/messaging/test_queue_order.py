"""Order, leases and tries of the outbox, as its functions keep them."""

import json
from uuid import uuid4

import psycopg
import pytest

from tests.messaging.lines import acting, line, owner
from tests.messaging.queueing import item, later, make_due, outbox, queued, texts, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


def claim(lease=None, *, lanes=10, each=20, seconds=60.0):
    """One worker's claim: the texts it holds, in order."""
    with line() as held, acting(held, "prayermap_writer"):
        rows = held.execute(
            "SELECT * FROM claim_queued(%s, %s, %s, %s)", (lease or uuid4(), lanes, each, seconds)
        ).fetchall()
    return [row.request["content"] for row in sorted(rows, key=lambda row: row.place)]


def settle(id_, lease, code="unavailable", *, is_final=False, wait_ms=None):
    with line() as held, acting(held, "prayermap_writer"):
        (row,) = held.execute(
            "SELECT settle_queued(%s, %s, %s, %s, %s) AS state", (id_, lease, code, is_final, wait_ms)
        ).fetchall()
    return row.state


def numbered(person, room, *names, **more):
    return {name: row["id"] for name, row in zip(names, queued(person, *(item(room, name, **more) for name in names)), strict=True)}  # fmt: skip


def test_what_one_worker_holds_no_other_gets(ruth, room):
    numbered(ruth, room, "a", "b", "c")
    assert claim() == ["a", "b", "c"]
    assert claim() == []


def test_a_claim_is_bounded(ruth, amos, room):
    numbered(ruth, room, "a", "b", "c")
    numbered(amos, room, "d", "e")
    assert claim(lanes=1, each=2) == ["a", "b"]
    assert claim(lanes=1, each=2) == ["d", "e"]
    assert claim() == []  # "c" waits for those that are being sent


def test_worker_that_is_silent_for_longer_than_its_lease_loses_what_it_held(ruth, room):
    ids = numbered(ruth, room, "a", "b")
    dead = uuid4()
    claim(dead, seconds=0)
    assert claim() == ["a", "b"]
    assert settle(ids["a"], dead) is None
    with line() as held, acting(held, "prayermap_writer"):
        (row,) = held.execute("SELECT hold_queued(%s, %s) AS at", (ids["a"], dead)).fetchall()
        (done,) = held.execute("SELECT finish_queued(%s, %s, 1) AS done", (ids["a"], dead)).fetchall()
    assert (row.at, done.done) == (None, None)
    assert [(row["state"], row["retry_count"]) for row in outbox(ruth)] == [("sending", 1), ("sending", 0)]


def test_message_that_kills_its_worker_ten_times_is_given_up(ruth, amos, room):
    numbered(ruth, room, "poison", "after")
    for _ in range(11):
        assert claim(seconds=0) == ["poison", "after"]
    assert claim(seconds=0) == ["after"]
    first, second = outbox(ruth)
    assert (first["state"], first["error_code"], first["retry_count"]) == ("failed", "unavailable", 10)
    make_due(second["id"])
    work()
    assert texts(amos, room) == ["after"]


def test_tries_are_spaced_by_thirty_seconds_more_each_and_end_with_the_tenth(ruth, room):
    ids = numbered(ruth, room, "a", "b")
    waits = []
    for _ in range(9):
        lease = uuid4()
        assert claim(lease) == ["a", "b"]
        assert settle(ids["a"], lease) == "pending"
        assert claim() == []  # "b" was given back, and waits for "a"
        (row,) = owner(
            "SELECT round(extract(epoch FROM next_attempt_at - clock_timestamp())) AS wait FROM message_queue WHERE id = %s",
            ids["a"],
        )
        waits.append(int(row.wait))
        make_due(ids["a"])
    assert waits == [30 * number for number in range(1, 10)]
    lease = uuid4()
    claim(lease)
    assert settle(ids["a"], lease) == "failed"
    assert [(row["state"], row["error_code"], row["retry_count"]) for row in outbox(ruth)] == [
        ("failed", "unavailable", 10),
        ("sending", None, 0),  # the worker goes on with it
    ]


def test_later_one_waits_for_an_earlier_one_of_the_same_device_and_conversation_only(ruth, amos, lydia, room):
    other = ruth.direct(lydia)
    ids = numbered(ruth, room, "first")
    queued(ruth, item(room, "second"), item(other, "elsewhere"))
    queued(ruth, item(room, "another device"), device="tablet")
    lease = uuid4()
    assert sorted(claim(lease)) == ["another device", "elsewhere", "first", "second"]
    settle(ids["first"], lease)
    owner("UPDATE message_queue SET next_attempt_at = now() WHERE state = 'sending'")
    assert sorted(claim(seconds=0)) == ["another device", "elsewhere"]
    make_due()
    assert sorted(claim()) == ["another device", "elsewhere", "first", "second"]


def test_nobody_waits_for_one_that_has_its_time(ruth, amos, room):
    queued(ruth, item(room, "tomorrow", scheduled_at=later(days=1)), item(room, "now"))
    assert work()["sent"] == 1
    assert texts(amos, room) == ["now"]


def test_scheduled_one_waits_for_an_earlier_one_without_a_time_and_for_one_with_an_earlier_time(ruth, room):
    ids = numbered(ruth, room, "stuck")
    lease = uuid4()
    claim(lease)
    settle(ids["stuck"], lease)
    queued(ruth, item(room, "timed", scheduled_at=later(hours=-1)))
    assert claim() == []
    make_due(ids["stuck"])
    assert claim(each=1) == ["stuck"]
    other = [
        item(room, "first", scheduled_at=later(hours=-2)),
        item(room, "then", scheduled_at=later(hours=-1)),
    ]
    queued(ruth, *other, device="tablet")
    assert claim() == ["first"]


def test_cancelled_while_it_is_being_claimed_is_one_or_the_other(ruth, room):
    ids = numbered(ruth, room, "a")
    cancel = "DELETE FROM message_queue WHERE id = %s"
    with line() as worker, line() as member:
        with acting(worker, "prayermap_writer"):
            worker.execute("SELECT * FROM claim_queued(%s, 10, 20, 60)", (uuid4(),))
            member.execute("SET lock_timeout = '100ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable), acting(member, "prayermap_member", ruth.id):
                member.execute(cancel, (ids["a"],))
        with acting(member, "prayermap_member", ruth.id):
            assert member.execute(cancel, (ids["a"],)).rowcount == 0


def test_members_cannot_read_leases_nor_change_states(ruth, amos, room):
    numbered(ruth, room, "a")
    for statement in (
        "SELECT lease FROM message_queue",
        "SELECT digest FROM message_queue",
        "UPDATE message_queue SET state = 'pending'",
        "UPDATE message_queue SET next_attempt_at = now()",
        "INSERT INTO message_queue SELECT * FROM message_queue",
        f"SELECT claim_queued('{uuid4()}', 1, 1, 1)",
        f"SELECT settle_queued('{uuid4()}', '{uuid4()}', '', true, 0)",
    ):
        with (
            line() as held,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            acting(held, "prayermap_member", ruth.id),
        ):
            held.execute(statement)
    with line() as held, acting(held, "prayermap_member", amos.id):
        assert held.execute("SELECT id FROM message_queue").fetchall() == []
        assert held.execute("DELETE FROM message_queue").rowcount == 0


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "sent"},
        {"state": "failed", "finished_at": "now", "next_attempt_at": None},
        {"state": "sending"},
        {"state": "lost"},
        {"request": None},
        {"device_id": ""},
        {"device_id": "x" * 65},
        {"retry_count": 11},
        {"next_attempt_at": None},
    ],
)
def test_row_that_cannot_be_is_refused(ruth, room, columns):
    numbered(ruth, room, "a")
    with pytest.raises(psycopg.errors.CheckViolation):
        owner(
            "UPDATE message_queue q SET (state, finished_at, next_attempt_at, request, device_id, retry_count) ="
            " (SELECT n.state, n.finished_at, n.next_attempt_at, n.request, n.device_id, n.retry_count"
            "  FROM jsonb_populate_record(q, %s::jsonb) n)",
            json.dumps(columns),
        )


def test_positions_follow_the_order_of_requests(ruth, room):
    for number in range(3):
        queued(ruth, item(room, f"{number}a"), item(room, f"{number}b"))
    rows = owner("SELECT request->>'content' AS content FROM message_queue ORDER BY position")
    assert [row.content for row in rows] == ["0a", "0b", "1a", "1b", "2a", "2b"]
