"""The short way of send_messages() answers and writes what send_any_messages() would."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import psycopg
import pytest
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messaging.schemas.messages import SendMessage
from messaging.services.sending import send_request
from prayermap.lib.db import as_jsonb
from prayermap.lib.ids import uuid7_at
from tests.messaging.actors import new_id
from tests.messaging.lines import line

pytestmark = pytest.mark.django_db(transaction=True)

#: What may be in the way of a text, or may seem to be; %(room)s and so on are those of `world`.
CHANGES = {
    "nothing": "SELECT 1",
    "closed": "UPDATE conversation SET is_active = false WHERE id = %(group)s",
    "frozen": "UPDATE conversation SET is_frozen = true WHERE id = %(group)s",
    "slow": "UPDATE conversation SET slow_mode_s = 60",
    "disappearing": "UPDATE conversation SET disappear_after_s = 3600",
    "small": "UPDATE conversation SET active_count = 2",
    "left": "UPDATE participant SET state = 'left' WHERE user_id = %(amos)s",
    "removed": "UPDATE participant SET state = 'removed' WHERE user_id = %(ruth)s",
    "invited": "UPDATE participant SET state = 'invited' WHERE user_id = %(amos)s",
    "requested": "UPDATE participant SET state = 'requested' WHERE user_id = %(amos)s",
    "invited, untold": "UPDATE participant SET state = 'invited', is_told = false WHERE user_id = %(amos)s",
    "declined": "UPDATE participant SET state = 'invited', declined_at = now() WHERE user_id = %(amos)s",
    "a request": "UPDATE participant SET state = 'invited', is_request = true WHERE user_id = %(amos)s",
    "anonymous": "UPDATE participant SET is_anonymous = true WHERE user_id = %(amos)s",
    "silenced": "UPDATE participant SET silenced_until = now() + interval '1 h' WHERE user_id = %(amos)s",
    "was silenced": "UPDATE participant SET silenced_until = now() - interval '1 h' WHERE user_id = %(amos)s",
    "an admin": "UPDATE participant SET role = 'admin' WHERE user_id = %(amos)s",
    "ruth blocks": "INSERT INTO accounts_block (id, blocker_id, blocked_id, created_at) VALUES (gen_random_uuid(), %(ruth)s, %(amos)s, now())",
    "amos blocks": "INSERT INTO accounts_block (id, blocker_id, blocked_id, created_at) VALUES (gen_random_uuid(), %(amos)s, %(ruth)s, now())",
    "lydia blocks": "INSERT INTO accounts_block (id, blocker_id, blocked_id, created_at) VALUES (gen_random_uuid(), %(lydia)s, %(amos)s, now())",
    "inactive": "UPDATE accounts_user SET is_active = false WHERE id = %(amos)s",
    "banned": "UPDATE accounts_user SET banned_at = now(), suspension_reason_code = 'spam' WHERE id = %(amos)s",
    "suspended": "UPDATE accounts_user SET suspended_until = now() + interval '1 h', suspension_reason_code = 'spam' WHERE id = %(amos)s",
    "was suspended": "UPDATE accounts_user SET suspended_until = now() - interval '1 h', suspension_reason_code = 'spam' WHERE id = %(amos)s",
    "muted": "UPDATE participant SET muted_until = now() + interval '1 h'",
    "was muted": "UPDATE participant SET muted_until = now() - interval '1 h'",
    "told of nothing": "UPDATE participant SET notification_level = 'none'",
    "told of mentions": "UPDATE participant SET notification_level = 'mentions'",
    "told already": "UPDATE participant SET is_notified = true",
    "some told already": "UPDATE participant SET is_notified = user_id = %(lydia)s",
    "read": "UPDATE participant SET read_seq = 2, delivered_seq = 2 WHERE conversation_id = %(group)s",
    "reached": "UPDATE participant SET delivered_seq = 9",
    "told of anew": "UPDATE participant SET is_notified = false",
    "all is read": "WITH n AS (UPDATE notification SET read_at = now()) UPDATE participant SET is_notified = false",
}  # fmt: skip
#: Authors and rooms.
PLACES = [*product(("ruth", "amos", "lydia", "naomi"), ("group", "pair")), ("ruth", "stranger"), ("naomi", "stranger")]  # fmt: skip
#: What is sent besides a text with a new id.
SHAPES = {
    "plain": {},
    "an answer": {"reply_to": 1},
    "an answer to nothing": {"reply_to": 99},
    "anonymous": {"is_anonymous": True},
    "a mention": {"mentions": ["lydia_member"]},
    "a mention of nobody": {"mentions": [str(uuid4())]},
    "a place": {"type": "location", "content": None, "payload": {"latitude": 1.0, "longitude": 1.0}},
    "a file of nobody": {"type": "image", "content": None, "attachment": str(uuid4())},
    "too old": {"client_id": timedelta(days=30, minutes=1)},
    "too new": {"client_id": -timedelta(minutes=6)},
    "old": {"client_id": timedelta(days=29)},
    "known": {"client_id": "known", "content": "known"},
    "known, another text": {"client_id": "known"},
    "known, hidden": {"client_id": "hidden", "content": "hidden", "is_anonymous": True},
    "known, hidden, named now": {"client_id": "hidden", "content": "hidden"},
    "the id of what is hidden": {"client_id": "hidden_id"},
    "from the outbox": {"accepted_at": "2026-01-01T00:00:00Z"},
    "forwarded": {"hops": 3},
}
#: A text under one's own name; what is anything else goes the long way before anything is looked at.
TEXTS = ["plain", "too old", "old", "known", "known, hidden, named now"]
#: Told apart by author, room and shape.
SENDS = [(*place, shape) for place in PLACES for shape in SHAPES]
#: Everything that a send may write, without what a run of it makes up.
WRITTEN = (
    "SELECT to_jsonb(t) FROM message t ORDER BY id",
    "SELECT to_jsonb(t) FROM conversation t ORDER BY id",
    "SELECT to_jsonb(t) FROM participant t ORDER BY id",
    "SELECT to_jsonb(t) - 'id' FROM notification t ORDER BY user_id, kind, subject",
    "SELECT to_jsonb(t) FROM message_author t ORDER BY message_id",
    "SELECT to_jsonb(t) FROM mention t ORDER BY participant_id, seq",
    "SELECT to_jsonb(t) FROM slow_mode_turn t ORDER BY participant_id",
)


@pytest.fixture
def world(ruth, amos, lydia, naomi):
    """Names of what there is: a group of three and a pair, in which something was said, and a stranger's request."""
    group, pair, stranger = ruth.group(amos, lydia), ruth.direct(amos), ruth.direct(naomi, accepted=False)
    known, hidden = new_id(), new_id()
    ruth.say(group, "known", client_id=known)
    hidden_id = amos.say(group, "hidden", client_id=hidden, is_anonymous=True)["id"]
    for _ in range(2):
        ruth.say(stranger)
    people = {person.name.lower(): person.id for person in (ruth, amos, lydia, naomi)}
    rooms = {"group": group, "pair": pair, "stranger": stranger}
    ids = {"known": known, "hidden": hidden, "hidden_id": hidden_id}
    return people | rooms | ids | {"lydia_member": lydia.member_id(group)}


@pytest.fixture
def connection():
    with line("owner") as opened:
        yield opened


def request(world, author, room, shape):
    more = dict(SHAPES[shape])
    wanted = more.pop("client_id", None)
    if isinstance(wanted, timedelta):
        client_id = uuid7_at(int((now() - wanted).timestamp() * 1000))
    else:
        client_id = UUID(world[wanted] if wanted else new_id())
    fields = {key: more.pop(key) for key in ("accepted_at", "hops") if key in more}
    more = {"type": "text", "content": "peace"} | more
    if "mentions" in more:
        more["mentions"] = [UUID(world.get(member, member)) for member in more["mentions"]]
    body = SendMessage(client_id=client_id, **more)
    made = send_request(author=UUID(world[author]), conversation_id=UUID(world[room]), body=body)
    return made | fields


@contextmanager
def undone(connection):
    with connection.transaction(force_rollback=True):
        yield


def without_clock(value, moment):
    """Times that this run made up are told as seconds after it."""
    if isinstance(value, dict):
        return {key: without_clock(inner, moment) for key, inner in value.items()}
    if isinstance(value, str) and value[10:11] == "T":
        later = (datetime.fromisoformat(value) - moment).total_seconds()
        return later if later in {0, 10, 3600} else value
    return value


def what(connection, function, requests):
    """Answers and all rows after one batch."""
    statement = f"SELECT to_jsonb(r) FROM {function}(%s) r ORDER BY ord"
    answers = connection.execute(statement, [as_jsonb(requests)]).fetchall()
    moments = {datetime.fromisoformat(row[0]["created_at"]) for row in answers} or {now()}
    (moment,) = moments
    written = [connection.execute(statement).fetchall() for statement in WRITTEN]
    return [[without_clock(row[0], moment) for row in found] for found in (answers, *written)]


def both_ways(connection, requests):
    """What each of the functions makes of the same batch and the same rows."""
    numbered = [made | {"ord": number} for number, made in enumerate(requests)]
    with undone(connection):
        short = what(connection, "send_messages", numbered)
    with undone(connection):
        long = what(connection, "send_any_messages", numbered)
    return short, long


@pytest.mark.parametrize("change", CHANGES)
def test_every_message_alone_is_the_same_either_way(connection, world, change):
    with undone(connection):
        connection.execute(CHANGES[change], world)
        for send in SENDS if change == "nothing" else [send for send in SENDS if send[2] in TEXTS]:
            short, long = both_ways(connection, [request(world, *send)])
            assert (send, short) == (send, long)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    changes=st.lists(st.sampled_from(list(CHANGES)), max_size=3, unique=True),
    sends=st.lists(st.sampled_from([send for send in SENDS if send[2] in {"plain", "known", "old"}]), max_size=6),
    other=st.lists(st.sampled_from(SENDS), max_size=1),
)  # fmt: skip
def test_batches_are_the_same_either_way(connection, world, changes, sends, other):
    with undone(connection):
        for change in changes:
            connection.execute(CHANGES[change], world)
        short, long = both_ways(connection, [request(world, *send) for send in [*sends, *other]])
        assert short == long


def test_two_equal_ids_in_one_batch_are_the_same_either_way(connection, world):
    made = request(world, "ruth", "group", "plain")
    for second in (made, made | {"content": "war"}, made | {"author": world["amos"]}):
        short, long = both_ways(connection, [made, second])
        assert short == long


@contextmanager
def only_the_short_way(connection):
    with undone(connection):
        connection.execute(
            "CREATE OR REPLACE FUNCTION send_any_messages(batch jsonb) RETURNS SETOF send_result LANGUAGE plpgsql AS $$"
            " BEGIN RAISE 'the long way'; END $$"
        )
        yield


#: With these a text is still plain.
IN_NOBODYS_WAY = [
    "nothing", "disappearing", "an admin", "was silenced", "lydia blocks", "was suspended", "muted", "was muted",
    "told of nothing", "told of mentions", "told already", "some told already", "read", "reached", "told of anew", "all is read",
]  # fmt: skip


@pytest.mark.parametrize("change", IN_NOBODYS_WAY)
def test_texts_go_the_short_way(connection, world, change):
    batch = [
        request(world, *send, shape)
        for shape in ("plain", "old")
        for send in (("amos", "pair"), ("ruth", "pair"), ("amos", "group"), ("lydia", "group"))
    ]
    with undone(connection):
        connection.execute(CHANGES[change], world)
        with only_the_short_way(connection):
            rows = connection.execute(
                "SELECT outcome FROM send_messages(%s)",
                [as_jsonb([made | {"ord": n} for n, made in enumerate(batch)])],
            ).fetchall()
    assert [row.outcome for row in rows] == ["ok"] * len(batch)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape not in {"plain", "old"}])
def test_everything_else_goes_the_long_way(connection, world, shape):
    with only_the_short_way(connection), pytest.raises(psycopg.errors.RaiseException, match="the long way"):
        connection.execute(
            "SELECT * FROM send_messages(%s)",
            [as_jsonb([request(world, "ruth", "group", shape) | {"ord": 0}])],
        )


def test_a_block_of_an_anonymous_member_is_the_same_either_way(connection, world):
    """It is told by member id, and nobody learns of it."""
    with undone(connection):
        connection.execute(CHANGES["anonymous"], world)
        connection.execute(
            "INSERT INTO accounts_block (id, blocker_id, blocked_member, created_at) SELECT gen_random_uuid(), %(lydia)s, p.id,"
            " now() FROM participant p WHERE p.user_id = %(amos)s AND p.conversation_id = %(group)s",
            world,
        )
        for author in ("ruth", "amos", "lydia"):
            short, long = both_ways(connection, [request(world, author, "group", "plain")])
            assert short == long
