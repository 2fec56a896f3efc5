"""Sends and marks of one conversation never wait for each other in a circle."""

import random
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from uuid import UUID

import psycopg
import pytest

from messaging.schemas.messages import MarkReceipts, SendMessage
from messaging.services.receipts import mark_request
from messaging.services.sending import send_request
from tests.messaging.actors import actor, uuid
from tests.messaging.attaching import upload
from tests.messaging.lines import as_writer, line, owner
from tests.notifications.looking import is_notified, kinds, reads

pytestmark = pytest.mark.django_db(transaction=True)
#: Of the race: 75 batches of either kind; before 0041 some were undone in each run.
ROUNDS = 25


def sent(person, room, **more):
    body = SendMessage(**{"type": "text", "content": "hello"} | more)
    return send_request(author=person.user.pk, conversation_id=UUID(room), body=body)


def read(person, room, seq):
    return mark_request(
        author=person.user.pk, conversation_id=UUID(room), body=MarkReceipts(read=seq), platform="other"
    )


def in_one_go(function, *requests):
    """A batch on a connection of its own, as a writer's; its outcomes."""
    with line() as connection:
        return [row.outcome for row in as_writer(connection, function, list(requests))]


def wait_for(count):
    """Until so many connections wait for a row that another one holds."""
    waiting = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(500):
        if len(owner(waiting)) >= count:
            return
        sleep(0.02)
    raise AssertionError("nobody waits")


def test_a_member_who_reads_while_a_send_waits_is_told_and_nobody_is_undone():
    """Amos reads after the send has locked whom it is going to tell; the next marks hold him and wait for Lydia."""
    ruth, *others = (actor() for _ in range(3))
    room = ruth.group(*others)
    amos, lydia = sorted(others, key=lambda person: person.member_id(room))  # locked in this order
    ruth.say(room)
    reads(lydia, room, 1)
    file = upload(ruth)["id"]
    with ThreadPoolExecutor(2) as pool, line("owner") as rival:
        with rival.transaction():
            rival.execute("SELECT 1 FROM attachment WHERE id = %s FOR UPDATE", [file])
            sending = pool.submit(
                in_one_go,
                "send_messages",
                sent(ruth, room, type="image", content=None, attachment=uuid(file)),
            )
            wait_for(1)
            reads(amos, room, 1)
            marking = pool.submit(in_one_go, "mark_receipts", read(amos, room, 1), read(lydia, room, 1))
            wait_for(2)
        assert (sending.result(timeout=20), marking.result(timeout=20)) == (["ok"], ["ok", "ok"])
    for person in amos, lydia:
        assert (kinds(person), is_notified(person, room)) == (["message_received"], True)


def test_a_text_waits_for_a_member_who_read_meanwhile_and_tells_them():
    """Amos reads, and is held, after a plain text has begun to lock whom it is going to tell: not all, in a larger room."""
    ruth, amos, lydia = (actor() for _ in range(3))
    room = ruth.group(amos, lydia)
    owner("UPDATE conversation SET active_count = 9, member_count = 9 WHERE id = %s", room)
    ruth.say(room)
    reads(lydia, room, 1)
    held = "SELECT 1 FROM participant WHERE id = %s FOR UPDATE"
    with ThreadPoolExecutor(1) as pool, line("owner") as one, line("owner") as other:
        with other.transaction():
            with one.transaction():
                one.execute(held, [lydia.member_id(room)])
                sending = pool.submit(in_one_go, "send_messages", sent(ruth, room))
                wait_for(1)
                reads(amos, room, 1)
                other.execute(held, [amos.member_id(room)])
            wait_for(1)
        assert sending.result(timeout=20) == ["ok"]
    for person in amos, lydia:
        assert (kinds(person), is_notified(person, room)) == (["message_received"], True)


def test_who_has_just_read_everything_is_told_of_what_comes():
    """The mark closes the notification and isn't committed yet when the next text is sent."""
    ruth, amos = actor(), actor()
    room = ruth.direct(amos)
    ruth.say(room)
    with ThreadPoolExecutor(1) as pool, line() as marking:
        with marking.transaction():
            assert [row.outcome for row in as_writer(marking, "mark_receipts", [read(amos, room, 1)])] == [
                "ok"
            ]
            sending = pool.submit(in_one_go, "send_messages", sent(ruth, room))
            wait_for(1)
        assert sending.result(timeout=20) == ["ok"]
    assert (kinds(amos), is_notified(amos, room)) == (["message_received"], True)


def test_a_race_of_sends_and_marks_undoes_nobody():
    people = [actor() for _ in range(8)]
    rooms = [people[0].group(*people[1:]) for _ in range(2)]

    def send(seed):
        chance = random.Random(seed)
        for _ in range(ROUNDS):
            batch = [sent(chance.choice(people), chance.choice(rooms)) for _ in range(chance.randint(1, 4))]
            yield from in_one_go("send_messages", *batch)

    def mark(seed):
        chance = random.Random(seed)
        for _ in range(ROUNDS):
            newest = {str(row.id): row.latest_seq for row in owner("SELECT id, latest_seq FROM conversation")}
            asked = [(person, room) for person in people for room in rooms if newest[room]]
            batch = [
                read(person, room, newest[room]) for person, room in chance.sample(asked, len(asked) // 2)
            ]
            yield from in_one_go("mark_receipts", *batch) if batch else ()

    def run(work):
        try:
            return set(work)
        except psycopg.errors.DeadlockDetected as error:
            return {f"{error.diag.message_detail} {error.diag.context}"}

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(run, [*map(send, range(3)), *map(mark, range(3))]))
    assert outcomes == [{"ok"}] * 6
