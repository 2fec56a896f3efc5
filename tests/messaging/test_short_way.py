"""History by the short way is what Django answers, byte for byte; everything else is left to Django."""

from itertools import product

import pytest

from prayermap.lib.http.views import requests
from tests.messaging.actors import new_id
from tests.messaging.both_ways import answer, asking, differing
from tests.messaging.lines import owner
from tests.messaging.losing_access import ENDINGS, lose_access

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("full_buckets")]


def path_of(room, query=""):
    return f"/api/v1/conversations/{room}/messages/{query}"


def asked(room, queries, *people, **scope):
    """Pairs of answers for each person and query, after one that teaches the headers."""

    async def work(both):
        await both.both(path_of(room), people[0].headers, **scope)
        return [
            await both.both(path_of(room, query), person.headers, **scope)
            for person, query in product(people, queries)
        ]

    return asking(work)


PAGES = [
    "", "?limit=1", "?limit=2", "?limit=100", "?before=1", "?before=2", "?before=8&limit=3", "?before=10", "?before=99",
    "?after=0", "?after=0&limit=3", "?after=7&limit=2", "?after=12", "?after=13", "?after=99", "?limit=3&after=3",
]  # fmt: skip
#: Not for the short way.
OTHERS = [
    "?around=4", "?around=4&limit=3", "?limit=0", "?limit=101", "?limit=x", "?before=-1", "?before=1&after=1", "?format=xml",
    "?before=4611686018427387905", "?before=", "?unknown=1",
]  # fmt: skip


def test_every_kind_of_row_is_shown_alike_to_each_reader(rich, ruth, amos, lydia):
    pairs = asked(rich, PAGES, ruth, amos, lydia)
    assert differing(pairs) == []
    empty = {path_of(rich, query) for query in ("?before=1", "?after=13", "?after=99")}
    assert {pair.path for pair in pairs if not pair.was_short} == empty
    assert {pair.short.status for pair in pairs} == {200}


def test_what_is_unusual_is_answered_by_django(rich, ruth):
    pairs = asked(rich, OTHERS, ruth)
    assert differing(pairs) == []
    assert [pair.path for pair in pairs if pair.was_short] == []


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "sessionid=1"}, {"accept": "text/html"}, {"content-type": "application/json"}, {"host": "elsewhere.example"},
        {"content-length": "2"}, {"authorization": "Bearer x"}, {"authorization": "Basic x"}, {"authorization": ""},
    ],
)  # fmt: skip
def test_unusual_headers_are_for_django(rich, ruth, headers):
    async def work(both):
        await both.both(path_of(rich), ruth.headers)
        usual = {name.lower(): value for name, value in ruth.headers.items()}
        return await both.both(path_of(rich), usual | headers)

    pair = asking(work)
    assert (pair.django, pair.was_short) == (pair.short, False)


@pytest.mark.parametrize(
    "headers", [{}, {"accept": "*/*"}, {"accept-encoding": "gzip, br", "user-agent": "x"}]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_usual_headers_and_both_schemes_are_answered_with_the_same_headers(
    rich, ruth, headers, scheme, settings
):
    settings.SECURE_HSTS_SECONDS = 60

    async def work(both):
        for other in ("http", "https"):  # each is learnt by itself
            await both.both(path_of(rich), ruth.headers, scheme=other)
        return await both.both(path_of(rich, "?limit=3"), ruth.headers | headers, scheme=scheme)

    pair = asking(work)
    assert (pair.django, pair.was_short) == (pair.short, True)
    assert f"{scheme}://testserver/api/v1/".encode() in pair.short.body
    assert (b"Cache-Control", b"private, no-store") in pair.short.headers


def test_a_proxy_says_what_the_scheme_is(rich, ruth, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    headers = ruth.headers | {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}

    async def work(both):
        await both.both(path_of(rich), headers)
        return await both.both(path_of(rich, "?limit=3"), headers)

    pair = asking(work)
    assert (pair.django, pair.was_short) == (pair.short, True)
    assert b"https://testserver/" in pair.short.body


def test_what_a_block_hides_is_hidden_from_both_sides(ruth, amos, lydia):
    room = ruth.group(amos, lydia, is_anonymous=True)
    ruth.say(room, "from somebody")
    amos.say(room, "seen by name", reply_to=1)
    lydia.say(room, "re", reply_to=2)
    amos.ok("POST", "me/blocks/", {"member": ruth.member_id(room)})
    ruth.blocks(lydia)
    pairs = asked(room, ["", "?after=0"], ruth, amos, lydia)
    assert differing(pairs) == []
    assert all(pair.was_short for pair in pairs)
    assert any(b'"removed"' in pair.short.body for pair in pairs)


def test_who_came_late_sees_from_their_time_on(ruth, amos, lydia):
    room = ruth.group(amos)
    for number in range(3):
        ruth.say(room, str(number))
    ruth.ok("POST", f"conversations/{room}/members/", {"user": lydia.id})
    ruth.say(room, "four", reply_to=2)
    lydia.ok("POST", f"conversations/{room}/accept/")
    ruth.say(room, "five", reply_to=4)
    pairs = asked(room, ["", "?limit=1", "?before=5", "?after=0", "?after=4"], lydia, ruth)
    assert differing(pairs) == []
    assert all(pair.was_short for pair in pairs)


def test_pages_that_begin_in_one_month_and_end_in_another(ruth, amos, old_months):
    """Ids of a year ago among those of today; the archive is one more schema of months."""
    room = ruth.direct(amos)
    for number in range(1, 13):
        ruth.say(room, str(number), **({"reply_to": 2} if number in (3, 11) else {}))
    owner(
        "UPDATE message SET id = (left(uuid7_floor(CASE WHEN seq < 4 THEN '2025-10-15' ELSE '2025-11-15' END::timestamptz)"
        "::text, 24) || lpad(to_hex(seq), 12, '0'))::uuid WHERE conversation_id = %s AND seq < 8",
        room,
    )
    pairs = asked(
        room,
        ["", "?limit=100", "?limit=4", "?before=9&limit=4", "?before=5", "?after=1&limit=9", "?after=5"],
        amos,
    )
    assert differing(pairs) == []
    assert all(pair.was_short for pair in pairs)


@pytest.mark.parametrize("why", [*ENDINGS, "removed"])
def test_who_may_not_read_any_more_is_refused_at_once(rich, ruth, amos, why):
    headers = amos.headers

    async def before(both):
        await both.both(path_of(rich), headers)
        return await both.both(path_of(rich), headers)

    assert asking(before).was_short
    if why == "removed":
        ruth.ok("DELETE", f"conversations/{rich}/members/{amos.member_id(rich)}/")
    else:
        lose_access(amos, why)

    async def after(both):
        await both.both(path_of(rich), ruth.headers)
        return await both.both(path_of(rich), headers)

    pair = asking(after)
    assert (pair.django, pair.was_short) == (pair.short, False)
    assert pair.short.status == (404 if why == "removed" else 401)


def test_a_request_counts_once_whichever_way_it_goes(rich, ruth, lydia, settings):
    settings.REQUESTS_BURST, settings.REQUESTS_PER_SECOND = 6, 0.001
    requests.clear()
    nowhere = path_of(new_id())

    async def work(both):
        await answer(both.short, path_of(rich), lydia.headers)
        paths = [
            path_of(rich),
            nowhere,
            path_of(rich, "?around=1"),
            path_of(rich),
            path_of(rich),
            nowhere,
            path_of(rich),
        ]
        return [(await answer(both.short, path, ruth.headers)).status for path in paths], both.short.answered

    assert asking(work) == ([200, 404, 200, 200, 200, 404, 429], 3)


def test_without_a_running_server_everything_is_djangos(rich, ruth):
    import asyncio

    from messaging.api.short_way import ShortWay
    from prayermap.handler import OneHopHandler

    short = ShortWay(OneHopHandler())
    answers = [asyncio.run(answer(short, path_of(rich), ruth.headers)) for _ in range(2)]
    assert (answers[0].status, answers[0], short.answered) == (200, answers[1], 0)
