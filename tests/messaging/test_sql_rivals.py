"""Rival writers: no hole, no double, no error, no deadlock."""

import random
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from messaging.schemas.messages import MarkReceipts, SendMessage
from messaging.services.receipts import mark_request
from messaging.services.sending import send_request
from prayermap.lib.db import as_jsonb
from tests.messaging.actors import actor, new_id
from tests.messaging.lines import as_member, as_postgresql_sees, as_writer, line, owner

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 8
ROOMS = 4


@pytest.fixture
def people():
    return [actor() for _ in range(4)]


@pytest.fixture
def rooms(people):
    return [people[0].group(*people[1:]) for _ in range(ROOMS)]


def request(author, room, content, client_id, **more):
    body = SendMessage(type="text", content=content, client_id=UUID(client_id), **more)
    return as_postgresql_sees(send_request(author=author.user.pk, conversation_id=UUID(room), body=body))


def batches(requests, seed):
    """Every request once, shuffled, in batches of 1 to 20."""
    shuffled = random.Random(seed).sample(requests, len(requests))
    while shuffled:
        size = random.Random(len(shuffled) + seed).randint(1, 20)
        yield shuffled[:size]
        shuffled = shuffled[size:]


def send_batches(requests, seed):
    """As the sockets' writer."""
    with line() as connection:
        return [
            (sent["client_id"], sent["conversation"], row.outcome, row.seq)
            for batch in batches(requests, seed)
            for sent, row in zip(batch, as_writer(connection, "send_messages", batch), strict=True)
        ]


def send_singly(requests, seed):
    """As REST."""
    found = []
    with line() as connection:
        for sent in random.Random(seed).sample(requests, len(requests)):
            statement = "SELECT * FROM send_message(%s)"
            (row,) = as_member(connection, sent["author"], statement, as_jsonb(sent))
            found.append((sent["client_id"], sent["conversation"], row.outcome, row.seq))
    return found


def mark(people, rooms, seed):
    """Marks move while others write; what isn't there yet is refused, never an error."""
    found = []
    chance = random.Random(seed)
    with line() as connection:
        for read in range(1, 40):
            batch = [
                mark_request(
                    author=who.user.pk,
                    conversation_id=UUID(room),
                    body=MarkReceipts(read=read),
                    platform="other",
                )
                for who in people
                for room in rooms
            ]
            chance.shuffle(batch)
            found += [row.outcome for row in as_writer(connection, "mark_receipts", batch)]
    return found


def race(*jobs):
    """Run them at once; their answers."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(job, *args) for job, *args in jobs]]


def numbers(room):
    rows = owner("SELECT seq, rev FROM message WHERE conversation_id = %s ORDER BY seq", room)
    return [row.seq for row in rows], [row.rev for row in rows]


def assert_whole(rooms, first_rev):
    """Each conversation counts 1, 2, 3 … and its row agrees."""
    for room in rooms:
        seqs, revs = numbers(room)
        assert seqs == list(range(1, len(seqs) + 1))
        assert revs == list(range(first_rev + 1, first_rev + len(seqs) + 1))
        (row,) = owner("SELECT latest_seq, rev FROM conversation WHERE id = %s", room)
        assert row == (len(seqs), first_rev + len(seqs))


def test_eight_rivals_with_the_same_ids_leave_neither_hole_nor_double(people, rooms):
    requests = [
        request(who, room, f"{who.name} {number}", new_id())
        for who in people
        for room in rooms
        for number in range(15)
    ]
    first_rev = people[0].see(rooms[0])["rev"]
    answers = race(
        *((send_batches, requests, seed) for seed in range(WRITERS - 2)),
        *((send_singly, requests, seed) for seed in range(2)),
        *((mark, people, rooms, seed) for seed in range(2)),
    )
    marked = Counter(answers.pop() + answers.pop())
    assert set(marked) <= {"ok", "invalid"}  # a mark may come before its message or after it
    by_id = defaultdict(list)
    for client_id, _, outcome, seq in [answer for writer in answers for answer in writer]:
        by_id[client_id].append((outcome, seq))
    assert len(by_id) == len(requests)
    for found in by_id.values():
        assert Counter(outcome for outcome, _ in found) == {"ok": 1, "duplicate": WRITERS - 1}
        assert len({seq for _, seq in found}) == 1
    assert_whole(rooms, first_rev)
    stored = owner("SELECT id::text FROM message")
    assert sorted(row.id for row in stored) == sorted(by_id)


def rename(person, times):
    """As REST does it, without the name itself; how often each conversation was told."""
    statement = "SELECT * FROM step_renamed(NULL, 500)"
    with line() as connection:
        rows = [row for _ in range(times) for row in as_member(connection, person.user.pk, statement)]
    return Counter(str(row.conversation) for row in rows)


def test_new_names_among_writers_take_each_rev_once(people, rooms):
    first_rev = people[0].see(rooms[0])["rev"]
    requests = [request(who, room, "x", new_id()) for who in people for room in rooms for _ in range(15)]
    one, other = people[:2]
    devices = [(rename, one, 25), (rename, one, 25), (rename, other, 25)]
    named = race(*devices, (send_batches, requests, 1), (send_singly, requests, 2))[:3]
    assert named == [Counter(dict.fromkeys(rooms, 25))] * 3
    for room in rooms:
        seqs, revs = numbers(room)
        assert seqs == list(range(1, 61))
        (row,) = owner("SELECT rev FROM conversation WHERE id = %s", room)
        assert row.rev == first_rev + 60 + 75
        members = owner(
            "SELECT rev FROM participant WHERE conversation_id = %s AND rev > %s", room, first_rev
        )
        taken = [*revs, *(member.rev for member in members)]
        assert len(taken) == len(set(taken)) == 62


def test_new_names_among_readers_harm_nobody(people, rooms):
    for room in rooms:
        people[0].say(room)
    first_rev = people[0].see(rooms[0])["rev"]
    *named, marked = race(*((rename, who, 40) for who in people), (mark, people, rooms, 3))
    assert named == [Counter(dict.fromkeys(rooms, 40))] * 4
    assert set(marked) <= {"ok", "invalid"}
    assert {row.rev for row in owner("SELECT rev FROM conversation")} == {first_rev + 160}


def test_rivals_for_one_id_in_different_conversations_have_one_winner(people, rooms):
    ids = [new_id() for _ in range(40)]
    wanted = [[request(people[n % 4], rooms[n % ROOMS], "mine", id_) for id_ in ids] for n in range(WRITERS)]
    first_rev = people[0].see(rooms[0])["rev"]
    answers = race(*((send_batches, wanted[n], n) for n in range(WRITERS)))
    by_id = defaultdict(list)
    for client_id, room, outcome, _ in [answer for writer in answers for answer in writer]:
        by_id[client_id].append((outcome, room))
    for found in by_id.values():
        winners = {room for outcome, room in found if outcome == "ok"}
        assert len(winners) == 1
        expected = Counter(ok=1, duplicate=WRITERS // 4 - 1, client_id_reused=WRITERS - WRITERS // 4)
        assert Counter(outcome for outcome, _ in found) == expected
    assert_whole(rooms, first_rev)


def test_rival_anonymous_sends_of_one_id_make_one_message(people, rooms):
    ids = [new_id() for _ in range(30)]
    hidden = [request(people[0], rooms[0], "hidden", id_, is_anonymous=True) for id_ in ids]
    first_rev = people[0].see(rooms[0])["rev"]
    answers = race(*((send_batches, hidden, seed) for seed in range(WRITERS)))
    outcomes = Counter(outcome for writer in answers for _, _, outcome, _ in writer)
    assert outcomes == {"ok": len(ids), "duplicate": len(ids) * (WRITERS - 1)}
    assert_whole(rooms, first_rev)
