"""What a socket is told in one round trip is what REST says, a statement after the other."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from messaging.queries import catchup, returning
from messaging.queries.conversations import unread_total
from messaging.realtime.memberships import read_arrival, read_blocks, read_memberships
from messaging.schemas.catchup import Sync
from prayermap.lib import pipelines
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import Invalid, NotFound
from tests.messaging.lines import owner
from tests.messaging.test_query_counts import copies

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 28, tzinfo=UTC)


def told(work):
    """The result of `work(pipelines)` in a process whose pipelines run."""

    async def run():
        await pipelines.start()
        try:
            return await work(pipelines.running())
        finally:
            await pipelines.stop()

    return asyncio.run(run())


def both_syncs(person, request):
    with acting_as(person.user):
        expected = catchup.sync(request, NOW)
    return expected, told(lambda lines: returning.sync(lines, person.user.pk, request, NOW))


def both_changes(person, room, after_rev, limit):
    """Each side's answer, or the error it raises."""
    answers = []
    with acting_as(person.user):
        try:
            answers.append(catchup.changes(UUID(room), after_rev, limit))
        except NotFound:
            answers.append("not found")
    try:
        answers.append(
            told(lambda lines: returning.changes(lines, person.user.pk, UUID(room), after_rev, limit))
        )
    except NotFound:
        answers.append("not found")
    return answers


@pytest.fixture
def homes(ruth, amos, lydia, naomi, rich):
    """Ruth is named, anonymous, twice, invited, has asked, has left, and is told nothing, each somewhere."""
    direct = amos.direct(ruth)
    amos.say(direct, "unread")
    ruth.group(amos, lydia, is_anonymous=True)
    twice = ruth.group(amos, lydia, is_anonymous=True)
    amos.ok("POST", f"conversations/{twice}/join/")
    lydia.direct(ruth, accepted=False)
    left = amos.group(ruth, lydia)
    ruth.ok("DELETE", f"conversations/{left}/members/{ruth.member_id(left)}/")
    asked = naomi.group(amos, is_private=False, requires_approval=True)
    ruth.ok("POST", f"conversations/{asked}/join/")
    owner(
        "INSERT INTO participant SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(),"
        " 'is_anonymous', NOT p.is_anonymous, 'state', 'invited', 'role', 'member'))).* FROM participant p"
        " WHERE p.conversation_id = %s AND p.user_id = %s",
        twice,
        ruth.id,
    )
    ruth.blocks(naomi)
    return {"rich": rich, "direct": direct, "left": left, "asked": asked, "twice": twice}


def test_sync_says_what_rest_says(homes, ruth, amos, lydia, naomi):
    rooms = {UUID(room) for room in homes.values()}
    revs = {row.id: row.rev for row in owner("SELECT id, rev FROM conversation")}
    requests = [
        Sync(),
        Sync(positions={room: revs[room] for room in rooms}),
        Sync(positions={room: revs[room] - 1 for room in rooms}, me_rev=0),
        Sync(positions={uuid4(): 1, UUID(homes["direct"]): revs[UUID(homes["direct"])]}, me_rev=10**6),
        Sync(positions=dict.fromkeys(rooms, 0), cursor=homes["direct"]),
    ]
    for person in (ruth, amos, lydia, naomi):
        for request in requests:
            expected, got = both_syncs(person, request)
            assert got == expected
    assert len(both_syncs(ruth, Sync())[1].changed) == 6


def test_sync_of_more_than_a_page(ruth, amos):
    room = ruth.direct(amos)
    amos.say(room, "hello")
    copies(room, 520)
    ids = [row.id for row in owner("SELECT id FROM conversation ORDER BY id")]
    request = Sync(positions={ids[-1]: 1, ids[0]: 1, uuid4(): 1})
    expected, got = both_syncs(ruth, request)
    assert (got, len(got.changed), len(got.gone)) == (expected, catchup.SYNC_PAGE, 1)
    rest = Sync(positions=request.positions, cursor=got.next)
    expected, got = both_syncs(ruth, rest)
    assert (got, len(got.changed), got.next) == (expected, 21, None)


def test_a_strange_cursor_is_refused(ruth):
    with pytest.raises(Invalid):
        told(lambda lines: returning.sync(lines, ruth.user.pk, Sync(cursor="x"), NOW))


def test_changes_says_what_rest_says(homes, ruth, amos, lydia, naomi):
    ruth.ok("PATCH", f"conversations/{homes['rich']}/", {"title": "Another"})
    ruth.say(homes["rich"], "after the new title")
    seen = 0
    for person in (ruth, amos, lydia, naomi):
        for room in homes.values():
            newest = owner("SELECT rev FROM conversation WHERE id = %s", room)[0].rev
            for after_rev, limit in [
                (0, 50),
                (0, 3),
                (1, 1),
                (newest - 3, 2),
                (newest - 1, 50),
                (newest, 50),
                (newest + 1, 50),
            ]:
                expected, got = both_changes(person, room, after_rev, limit)
                if got is None:  # settings are among them: the statements of REST answer
                    assert expected.conversation is not None
                    seen += 1
                else:
                    assert got == expected
    assert seen > 0


def test_marks_of_a_large_conversation_are_not_listed(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    amos.say(room)
    lydia.ok("POST", f"conversations/{room}/receipts/", {"read": 1})
    assert [mark.read_seq for mark in both_changes(ruth, room, 1, 50)[1].receipts] == [1, 1]
    owner("UPDATE conversation SET active_count = 257, member_count = 257 WHERE id = %s", room)
    expected, got = both_changes(ruth, room, 1, 50)
    assert (got, got.receipts) == (expected, [])


def test_an_arrival_is_what_its_parts_are(homes, ruth, amos, lydia, naomi):
    amos.ok("POST", "me/blocks/", {"member": ruth.member_id(homes["twice"])})
    for person in (ruth, amos, lydia, naomi):
        arrival = told(lambda _, person=person: read_arrival(person.user.pk))
        with acting_as(person.user):
            total = unread_total()
        assert sorted(arrival.memberships) == sorted(read_memberships(person.user.pk))
        assert (arrival.blocks, arrival.unread_total) == (read_blocks(person.user.pk), total)


@pytest.mark.parametrize("number", [1, 3])
def test_each_is_one_round_trip_and_one_more_for_what_is_unread_or_beside(ruth, amos, tmp_path, number):
    for _ in range(number):
        room = ruth.direct(amos) if number == 1 else ruth.group(amos)
        for _ in range(number):
            amos.say(room, "hello")
        amos.say(room, "re", reply_to=1)
    wanted = {
        "arrival": (1, lambda lines: read_arrival(ruth.user.pk)),
        "sync": (2, lambda lines: returning.sync(lines, ruth.user.pk, Sync(), NOW)),
        "changes": (2, lambda lines: returning.changes(lines, ruth.user.pk, UUID(room), 2, 50)),
    }

    async def work(lines):
        return {name: await round_trips(lines, ask, tmp_path / name) for name, (_, ask) in wanted.items()}

    assert told(work) == {name: trips for name, (trips, _) in wanted.items()}


async def round_trips(lines, ask, path):
    """How often PostgreSQL is waited for: each Sync is answered once. The connection and its statements are there."""
    await ask(lines)
    (connection,) = lines._free
    with path.open("w+") as trace:
        connection.pgconn.trace(trace.fileno())
        connection.pgconn.set_trace_flags(psycopg.pq.Trace.SUPPRESS_TIMESTAMPS)
        await ask(lines)
        connection.pgconn.untrace()
        trace.seek(0)
        return sum(line.split("\t")[2] == "Sync" for line in trace.read().splitlines())
