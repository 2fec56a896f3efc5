"""How many statements a request takes, whatever the size of its answer; BEGIN and COMMIT not counted.

The first two of each are who asks (the session with its person) and the switch to them.
"""

import asyncio
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.realtime.writer import BatchWriter
from messaging.schemas.messages import SendMessage
from messaging.services.sending import send_request
from tests.messaging.actors import actor
from tests.messaging.attaching import send_file, upload
from tests.messaging.lines import owner
from tests.messaging.queueing import item

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = pytest.mark.parametrize("number", [1, 3])
LIST, HISTORY, SEND, RECEIPT, SYNC, CHANGES, MEMBERS = 6, 7, 3, 3, 7, 8, 4
SEARCH, QUEUE, QUEUED, RENAME = 9, 5, 3, 7


@pytest.fixture
def counted():
    """`counted(person, method, path, body)`: the number of statements and the answer of a request that succeeds."""

    def count(person, method, path, body=None):
        assert person.headers
        with CaptureQueriesContext(connection) as queries:
            answer = person.ok(method, path, body)
        shown = [query["sql"] for query in queries if query["sql"] not in ("BEGIN", "COMMIT")]
        return len(shown), answer

    return count


def filled(ruth, others, messages):
    """A group in which everybody but Ruth has said something, with quotes and mentions."""
    room = ruth.group(*others)
    for number in range(messages):
        author = others[number % len(others)]
        author.say(room, str(number), mentions=[ruth.member_id(room)], **({"reply_to": 1} if number else {}))
    return room


def copies(room, number):
    """The same conversation `number` times more, with its members and its message."""
    owner(
        "INSERT INTO conversation SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(),"
        " 'latest_message_id', left(uuid7_floor(now())::text, 24) || lpad(to_hex(n), 12, '0')))).*"
        " FROM conversation c, generate_series(1, %s) n WHERE c.id = %s",
        number,
        room,
    )
    owner(
        "INSERT INTO participant SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(),"
        " 'conversation_id', c.id))).* FROM participant p, conversation c WHERE p.conversation_id = %s AND c.id <> %s",
        room,
        room,
    )
    owner(
        "INSERT INTO message SELECT (jsonb_populate_record(m, jsonb_build_object('id', c.latest_message_id,"
        " 'conversation_id', c.id))).* FROM message m, conversation c WHERE m.conversation_id = %s AND c.id <> %s",
        room,
        room,
    )


@pytest.mark.parametrize("number", [1, 3, 50])
def test_the_list_of_conversations(counted, ruth, amos, number):
    copies(filled(ruth, [amos], 1), number - 1)
    count, page = counted(ruth, "GET", "conversations/")
    assert {row["latest_message"]["preview"] for row in page["results"]} == {"0"}
    assert (count, len(page["results"])) == (LIST, number)


@SIZES
def test_a_new_name(counted, ruth, amos, number):
    """Two more than any other change of the profile: the name as it was, and the step of all conversations."""
    copies(filled(ruth, [amos], 1), number - 1)
    count, _ = counted(ruth, "PATCH", "me/", {"display_name": "Annette"})
    told = "SELECT 1 FROM participant p JOIN conversation c ON c.id = p.conversation_id AND c.rev = p.rev"
    assert (count, len(owner(told))) == (RENAME, number)
    assert counted(ruth, "PATCH", "me/", {"timezone": "Africa/Nairobi"})[0] == RENAME - 2


@SIZES
def test_a_page_of_history(counted, ruth, amos, lydia, naomi, number):
    room = filled(ruth, [amos, lydia, naomi], number + 1)
    amos.say(room, "hidden", is_anonymous=True)
    count, page = counted(ruth, "GET", f"conversations/{room}/messages/")
    assert (count, len(page["results"])) == (HISTORY, number + 2)


@SIZES
def test_a_page_of_pictures_takes_one_statement_more(counted, ruth, amos, number):
    room = filled(ruth, [amos], 1)
    plain, _ = counted(ruth, "GET", f"conversations/{room}/messages/")
    for _ in range(number):
        send_file(amos, room, upload(amos)["id"])
    count, page = counted(ruth, "GET", f"conversations/{room}/messages/")
    assert count == plain + 1
    assert sum(message["attachment"] is not None for message in page["results"]) == number


@SIZES
def test_sync(counted, ruth, amos, number):
    rooms = [filled(ruth, [amos], 1) for _ in range(number)]
    count, answer = counted(ruth, "POST", "sync/", {"positions": dict.fromkeys(rooms, 1)})
    assert (count, len(answer["changed"])) == (SYNC, number)


@SIZES
def test_changes(counted, ruth, amos, lydia, naomi, number):
    room = filled(ruth, [amos, lydia, naomi], number + 1)
    count, answer = counted(ruth, "GET", f"conversations/{room}/changes/?after_rev=4")
    assert (count, len(answer["messages"])) == (CHANGES, number + 1)


@SIZES
def test_members(counted, ruth, number):
    room = ruth.group(*(actor() for _ in range(number)))
    count, page = counted(ruth, "GET", f"conversations/{room}/members/")
    assert (count, len(page["results"])) == (MEMBERS, number + 1)


@SIZES
def test_a_send(counted, ruth, amos, number):
    room = filled(ruth, [amos], number)
    body = {"type": "text", "content": "x", "reply_to": 1, "mentions": [amos.member_id(room)]}
    assert counted(ruth, "POST", f"conversations/{room}/messages/", body)[0] == SEND


@SIZES
def test_a_receipt(counted, ruth, amos, number):
    room = filled(ruth, [amos], number)
    assert counted(ruth, "POST", f"conversations/{room}/receipts/", {"read": number})[0] == RECEIPT


@SIZES
def test_a_search(counted, ruth, amos, lydia, naomi, number):
    rooms = [filled(ruth, [amos, lydia, naomi], 2) for _ in range(number)]
    for room in rooms:
        amos.say(room, "1 hidden", is_anonymous=True)
    count, page = counted(ruth, "GET", "messages/search/?q=1")
    assert (count, len(page["results"])) == (SEARCH, 2 * number)


@SIZES
def test_the_outbox(counted, ruth, amos, number):
    room = ruth.direct(amos)
    body = {"device_id": "phone", "items": [item(room) for _ in range(number)]}
    # The last one puts the worker's job aside.
    assert counted(ruth, "POST", "queue/", body)[0] == QUEUE
    count, page = counted(ruth, "GET", "queue/")
    assert (count, len(page["results"])) == (QUEUED, number)


# --- the sockets' writer ---------------------------------------------------------------------------
class Counting(BatchWriter):
    """The same writer on a connection whose protocol messages are counted in a file."""

    trace = None

    async def _connected(self):
        opened = await super()._connected()
        if self.trace is not None:
            opened.pgconn.trace(self.trace.fileno())
            opened.pgconn.set_trace_flags(psycopg.pq.Trace.SUPPRESS_TIMESTAMPS)
        return opened


async def answered(writer, requests):
    """Submit all at once, wait for every answer."""
    wanted = [writer.done.get() for _ in requests]
    for request in requests:
        writer.submit(request, request["client_id"])
    return [await one for one in wanted]


async def test_a_batch_of_fifty_sends_is_one_round_trip(ruth_and_amos, tmp_path):
    author, room = ruth_and_amos
    done: asyncio.Queue = asyncio.Queue()
    writer = Counting("write_messages", lambda job, row: done.put_nowait(row.outcome))
    writer.done = done
    requests = [
        send_request(author=author, conversation_id=room, body=SendMessage(type="text", content=str(number)))
        for number in range(101)
    ]
    writer.start()
    await answered(writer, requests[:1])  # the connection is made, its statements are prepared
    await answered(writer, requests[1:51])
    with (tmp_path / "trace").open("w+") as trace:
        writer.trace = trace
        assert await answered(writer, requests[51:]) == ["ok"] * 50
        writer._connection.pgconn.untrace()
        writer.trace = None
        trace.seek(0)
        seen = [line.split("\t") for line in trace.read().splitlines()]
    await writer.stop()
    sent = [kind for way, _, kind, *_ in seen if way == "F"]
    # One statement and one Sync: PostgreSQL answers once, when it is done and committed.
    assert sent == ["Bind", "Describe", "Execute", "Sync"]
    assert [kind for way, _, kind, *_ in seen if way == "B"].count("ReadyForQuery") == 1
    assert [tuple(row) for row in owner("SELECT count(*), max(seq) FROM message")] == [(101, 101)]


@pytest.fixture
def ruth_and_amos(transactional_db):
    """Ids of a person and of a conversation."""
    ruth, amos = actor("Ruth"), actor("Amos")
    return ruth.user.pk, UUID(ruth.direct(amos))
