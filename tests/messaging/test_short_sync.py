"""`sync` by the short way is what Django answers, byte for byte but for the time; everything else is left to Django."""

import json

import pytest

from tests.messaging.actors import new_id
from tests.messaging.both_ways import asking, differing, posted, scope_of, timeless
from tests.messaging.losing_access import ENDINGS, lose_access

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("full_buckets")]
SYNC = "/api/v1/sync/"


def asked(*wanted, **more):
    """Pairs of answers for each (person, body), after one that teaches the headers."""
    wanted = [(person.headers, body) for person, body in wanted]

    async def work(both):
        await both.both(SYNC, **posted(wanted[0][0], {}))
        return [await both.both(SYNC, **posted(headers, body, **more)) for headers, body in wanted]

    return asking(work)


def test_sync_is_told_alike_to_each_reader(rich, ruth, amos, lydia, naomi):
    direct = amos.direct(ruth)
    amos.say(direct, "unread")
    lydia.direct(ruth, accepted=False)
    revs = {room: ruth.see(room)["rev"] for room in (rich, direct)}
    bodies = [
        {}, {"positions": revs}, {"positions": {room: rev - 1 for room, rev in revs.items()}, "me_rev": 0},
        {"positions": {new_id(): 1, direct: revs[direct]}, "me_rev": 10**6}, {"positions": revs, "cursor": direct},
    ]  # fmt: skip
    pairs = asked(*[(person, body) for person in (ruth, amos, lydia, naomi) for body in bodies])
    assert differing(map(timeless, pairs)) == []
    assert all(pair.was_short for pair in pairs)
    assert {pair.short.status for pair in pairs} == {200}
    assert len({json.loads(pair.short.body)["unread_total"] for pair in pairs}) > 1


BAD = [
    b"{", b"[]", b'{"positions": 1}', b'{"unknown": 1}', b'{"cursor": "x"}', b'{"me_rev": -1}', b'{"me_rev": "1"}',
    b'{"positions": {"x": 1}}', b'{"cursor": "\\u0000"}', b"\xff\xff",
]  # fmt: skip


def test_what_is_wrong_is_said_by_django(ruth):
    pairs = asked(*[(ruth, body) for body in BAD])
    assert differing(map(timeless, pairs)) == []
    assert [(pair.short.status, pair.was_short) for pair in pairs] == [(400, False)] * len(BAD)


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json; charset=utf-8"}, {"content-type": "text/plain"}, {"cookie": "sessionid=1"},
        {"accept": "text/html"}, {"authorization": "Bearer x"}, {"host": "elsewhere.example"}, {"content-length": "99999"},
        {"content-length": "9" * 5_000}, {"content-length": "-1"}, {"content-length": ""},
    ],
)  # fmt: skip
def test_unusual_headers_are_for_django(ruth, headers):
    (pair,) = asked((ruth, {"me_rev": 1}), **headers)
    assert differing([timeless(pair)]) == []
    assert not pair.was_short


def test_a_get_is_not_a_post(ruth):
    headers = ruth.headers

    async def work(both):
        await both.both(SYNC, **posted(headers, {}))
        return await both.both(SYNC, headers)

    pair = asking(work)
    assert (pair.django, pair.was_short, pair.short.status) == (pair.short, False, 405)


@pytest.mark.parametrize("why", ENDINGS)
def test_whose_session_ended_is_refused_at_once(ruth, amos, why):
    assert all(pair.was_short for pair in asked((amos, {})))
    headers = amos.headers
    lose_access(amos, why)
    teacher = ruth.headers

    async def work(both):
        await both.both(SYNC, **posted(teacher, {}))
        return await both.both(SYNC, **posted(headers, {}))

    pair = asking(work)
    assert (pair.django, pair.was_short, pair.short.status) == (pair.short, False, 401)


def test_a_client_that_leaves_in_the_middle_is_told_nothing(ruth):
    headers = ruth.headers
    usual = posted(headers, {"me_rev": 1})

    async def work(both):
        await both.both(SYNC, **posted(headers, {}))
        before, sent = both.short.answered, []
        heard = [{"type": "http.request", "body": b'{"me', "more_body": True}, {"type": "http.disconnect"}]

        async def receive():
            return heard.pop(0)

        async def send(message):
            sent.append(message)

        await both.short(scope_of(SYNC, usual["headers"], method="POST"), receive, send)
        return sent, heard, both.short.answered - before

    assert asking(work) == ([], [], 0)
