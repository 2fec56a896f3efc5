"""`changes` by the short way is what Django answers, byte for byte; everything else is left to Django."""

from itertools import product

import pytest

from tests.messaging.actors import new_id
from tests.messaging.both_ways import asking, differing
from tests.messaging.losing_access import ENDINGS, lose_access

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("full_buckets")]


def path_of(room, query="?after_rev=0"):
    return f"/api/v1/conversations/{room}/changes/{query}"


def asked(room, queries, *people):
    """Pairs of answers for each person and query, after one that teaches the headers."""
    signed_in = [person.headers for person in people]

    async def work(both):
        await both.both(path_of(room, "?after_rev=99999"), signed_in[0])
        return [
            await both.both(path_of(room, query), headers) for headers, query in product(signed_in, queries)
        ]

    return asking(work)


def test_every_kind_of_change_is_told_alike_to_each_reader(rich, ruth, amos, lydia):
    newest = ruth.ok("GET", f"conversations/{rich}/")["rev"]
    revs = [*range(0, newest + 1, 3), newest - 1, newest, newest + 1]
    queries = [
        f"?after_rev={rev}{limit}" for rev in revs for limit in ("", "&limit=1", "&limit=4", "&limit=100")
    ]
    pairs = asked(rich, queries, ruth, amos, lydia)
    assert differing(pairs) == []
    assert {pair.short.status for pair in pairs} == {200}
    assert any(b'"complete":false' in pair.short.body for pair in pairs)
    # Settings among them, as from 0 on, are told by Django.
    assert all(pair.was_short == (b'"conversation":null' in pair.short.body) for pair in pairs)
    assert sum(pair.was_short for pair in pairs) > len(pairs) / 2


def test_new_settings_are_told_by_django(rich, ruth):
    before = ruth.ok("GET", f"conversations/{rich}/")["rev"]
    ruth.ok("PATCH", f"conversations/{rich}/", {"title": "Another"})
    pairs = asked(rich, [f"?after_rev={before}", f"?after_rev={before + 1}"], ruth)
    assert differing(pairs) == []
    assert [pair.was_short for pair in pairs] == [False, True]
    assert b'"title":"Another"' in pairs[0].short.body


OTHERS = [
    "", "?after_rev=", "?after_rev=x", "?after_rev=-1", "?after_rev=4611686018427387905", "?after_rev=0&limit=0",
    "?after_rev=0&limit=101", "?after_rev=0&format=xml", "?after_rev=0&unknown=1",
]  # fmt: skip


def test_what_is_unusual_is_answered_by_django_or_as_django_does(rich, ruth):
    pairs = asked(rich, OTHERS, ruth)
    assert differing(pairs) == []
    assert [pair.path for pair in pairs if pair.was_short and pair.short.status != 200] == []
    assert sum(pair.short.status == 400 for pair in pairs) >= 5


def test_who_is_invited_sees_members_and_no_message(ruth, amos, lydia):
    room = ruth.group(amos)
    ruth.say(room, "not for the invited")
    ruth.ok("POST", f"conversations/{room}/members/", {"user": lydia.id})
    pairs = asked(room, ["?after_rev=0"], lydia)
    assert differing(pairs) == []
    assert b"not for the invited" not in pairs[0].short.body


def test_a_strangers_question_and_one_about_nothing_are_alike(rich, ruth, naomi):
    member, stranger = ruth.headers, naomi.headers

    async def work(both):
        await both.both(path_of(rich, "?after_rev=99999"), member)
        return [await both.both(path_of(room), stranger) for room in (rich, new_id())]

    pairs = asking(work)
    assert differing(pairs) == []
    assert [(pair.short.status, pair.was_short) for pair in pairs] == [(404, False)] * 2
    assert pairs[0].short.body.replace(rich.encode(), b"") == pairs[1].short.body.replace(
        pairs[1].path.split("/")[4].encode(), b""
    )


@pytest.mark.parametrize("why", [*ENDINGS, "removed"])
def test_who_may_not_read_any_more_is_refused_at_once(rich, ruth, amos, why):
    headers = amos.headers

    async def before(both):
        await both.both(path_of(rich, "?after_rev=99999"), headers)
        return await both.both(path_of(rich, "?after_rev=1"), headers)

    assert asking(before).was_short
    if why == "removed":
        ruth.ok("DELETE", f"conversations/{rich}/members/{amos.member_id(rich)}/")
    else:
        lose_access(amos, why)

    async def after(both):
        await both.both(path_of(rich, "?after_rev=99999"), ruth.headers)
        return await both.both(path_of(rich, "?after_rev=1"), headers)

    pair = asking(after)
    assert (pair.django, pair.was_short) == (pair.short, False)
    assert pair.short.status == (404 if why == "removed" else 401)
