"""The list of conversations by the short way is what Django answers, byte for byte; what is unusual is left to Django."""

import asyncio
from itertools import product
from urllib.parse import urlsplit

import msgspec
import pytest

from accounts.models import Session
from messaging.queries.history import Reader
from messaging.queries.listing import Filters, own_conversations, shown
from prayermap.lib.http.views import requests
from prayermap.lib.pipelines import Pipelines
from tests.messaging.both_ways import answer, asking, differing
from tests.messaging.lines import owner
from tests.messaging.losing_access import ENDINGS, lose_access
from tests.messaging.test_query_counts import copies
from tests.prayers.acts import open_about, pray

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("full_buckets")]
LIST = "/api/v1/conversations/"


def asked(queries, *people):
    """Pairs of answers for each person and query, after one that teaches the headers."""
    headers = [person.headers for person in people]

    async def work(both):
        await both.both(LIST, headers[0])
        return [await both.both(f"{LIST}{query}", held) for held, query in product(headers, queries)]

    return asking(work)


def rows(pair):
    return msgspec.json.decode(pair.short.body)["results"]


def shown_alike(queries, *people):
    """The pairs, all of them alike and none of them Django's."""
    pairs = asked(queries, *people)
    assert differing(pairs) == []
    assert {pair.path for pair in pairs if not pair.was_short} == set()
    assert {pair.short.status for pair in pairs} == {200}
    return pairs


@pytest.fixture
def varied(ruth, amos, lydia, naomi):
    """One of each kind of conversation, of each state of a member, of each newest message; by what it is."""
    rooms = {
        "two": ruth.direct(amos),
        "group": ruth.group(amos, lydia, naomi, title="Ä “quoted” <b> 🙏", description="one\u2028two"),
        "support": ruth.group(amos, lydia, kind="prayer_support", title="Help"),
        "hidden owner": ruth.group(amos, lydia, is_anonymous=True, title="Someone's"),
        "nothing said": ruth.group(amos, title="Empty"),
        "invited": amos.group(ruth, accepted=False, title="Come"),
        "request": lydia.direct(ruth, accepted=False),
        "open": amos.group(is_private=False, requires_approval=True, title="Ask"),
        "muted": ruth.group(amos, title="Muted"),
        "archived": ruth.group(amos, title="Old"),
        "pinned": ruth.group(amos, title="Pinned"),
    }
    ruth.ok("POST", f"conversations/{rooms['open']}/join/")
    wish = pray(amos, is_anonymous=True)
    rooms["about a prayer"] = open_about(ruth, wish["id"], is_anonymous=True)["id"]
    amos.say(rooms["two"], "x" * 99 + "🙏🙏")
    amos.say(rooms["group"], "for you", mentions=[ruth.member_id(rooms["group"])])
    lydia.say(rooms["group"], "who?", is_anonymous=True)
    ruth.say(rooms["hidden owner"], "from nobody")
    amos.say(rooms["support"], "first")
    ruth.say(rooms["support"], "gone")
    ruth.ok("DELETE", f"conversations/{rooms['support']}/messages/2/?scope=all")
    lydia.try_say(rooms["request"], "may I?")
    ruth.ok(
        "POST", f"conversations/{rooms['pinned']}/messages/",
        {"type": "location", "payload": {"latitude": 31.7, "longitude": 35.2}},
    )  # fmt: skip
    amos.say(rooms["muted"], "removed for me")
    ruth.ok("DELETE", f"conversations/{rooms['muted']}/messages/1/?scope=me")
    amos.say(rooms["archived"], "over soon")
    owner(
        "UPDATE message SET expires_at = now() - interval '1 s' WHERE conversation_id = %s", rooms["archived"]
    )
    for name, settings in {
        "muted": {"muted_until": "2031-01-02T03:04:05.678Z", "notification_level": "mentions"},
        "archived": {"archived": True},
        "pinned": {"pinned": True},
        "two": {"marked_unread": True},
    }.items():
        ruth.ok("PATCH", f"conversations/{rooms[name]}/me/", settings)
    ruth.ok(
        "PATCH", f"conversations/{rooms['group']}/",
        {"disappear_after_s": 3600, "slow_mode_s": 5, "is_frozen": True},
    )  # fmt: skip
    owner("UPDATE conversation SET is_active = false WHERE id = %s", rooms["support"])
    return rooms


FILTERS = [
    "", "?limit=1", "?limit=100", "?archived=true", "?archived=false", "?state=active", "?state=invited", "?state=requested",
    "?state=left", "?kind=direct_message", "?kind=group_prayer", "?kind=prayer_support", "?kind=prayer_response", "?prayer=",
    "?prayer=01900000-0000-7000-8000-000000000000", "?kind=group_prayer&state=active&archived=false&limit=2", "?cursor=", "?cursor=bz0xMDAx",  # o=1001
]  # fmt: skip
#: Not for the short way.
OTHERS = [
    "?limit=0", "?limit=101", "?limit=x", "?kind=party", "?state=asleep", "?archived=1", "?prayer=x", "?cursor=x", "?unknown=1",
    "?cursor=cD14", "?cursor=cD0yMDk5OTk5OTk=", "?format=json", "?cursor=cj0x",  # the last: r=1
    "?cursor=cD0yMDI2LTExLTI4VDAwJTNBMDAlM0EwMFo=",  # p=2026-11-28T00:00:00Z, which is not how we write it
    "?prayer=01900000-0000-7000-8000-000000000000,01900000-0000-7000-8000-000000000001",
]  # fmt: skip


def test_every_kind_of_conversation_is_shown_alike_to_each_of_its_people(varied, ruth, amos, lydia, naomi):
    pairs = shown_alike(FILTERS, ruth, amos, lydia, naomi)
    whole = {row["id"]: row for row in rows(pairs[0])}
    assert set(whole) == set(varied.values())
    assert {row["my_member"]["state"] for row in whole.values()} == {"active", "invited", "requested"}
    assert {row["kind"] for row in whole.values()} == {
        "direct_message",
        "group_prayer",
        "prayer_support",
        "prayer_response",
    }
    assert whole[varied["group"]]["mention_count"] == 1
    assert whole[varied["group"]]["latest_message"]["sender_name"] == "Someone"
    silent = {"nothing said", "invited", "request", "open", "muted"}
    assert {name for name, room in varied.items() if whole[room]["latest_message"] is None} == silent
    assert ruth.see(varied["two"]) == whole[varied["two"]]


def test_what_is_unusual_is_answered_by_django(varied, ruth):
    pairs = asked(OTHERS, ruth)
    assert differing(pairs) == []
    assert [pair.path for pair in pairs if pair.was_short] == []


def test_pages_lead_on_alike_and_back_through_django(ruth, amos):
    made = [ruth.group(amos, title=str(number)) for number in range(7)]
    # Three of one moment: their order is the key's, and a cursor counts them.
    owner(
        "UPDATE conversation SET latest_activity_at = '2026-11-28T12:00:00Z' WHERE id = ANY (%s::uuid[])",
        made[1:4],
    )

    async def work(both):
        await both.both(LIST, ruth.headers)
        pairs, seen = [], []
        for limit in (1, 2, 3):
            path = f"{LIST}?limit={limit}"
            while path:
                pair = await both.both(path, ruth.headers)
                body = msgspec.json.decode(pair.short.body)
                seen += [row["id"] for row in body["results"]]
                back = body["previous"] and await both.both(relative(body["previous"]), ruth.headers)
                pairs.append((pair, back))
                path = relative(body["next"])
        return pairs, seen

    pairs, seen = asking(work)
    assert differing([pair for both in pairs for pair in both if pair]) == []
    assert [pair.path for pair, _ in pairs if not pair.was_short] == []
    assert [back.path for _, back in pairs if back and back.was_short] == []
    assert [len(set(seen[start : start + 7])) for start in (0, 7, 14)] == [7, 7, 7]


def relative(url):
    return url and f"{urlsplit(url).path}?{urlsplit(url).query}"


def test_what_a_block_hides_is_hidden_from_both_sides(ruth, amos, lydia):
    by_member, by_name = ruth.group(amos, lydia, is_anonymous=True), lydia.group(ruth, amos)
    both = ruth.direct(amos)
    ruth.say(by_member, "from somebody")
    amos.ok("POST", "me/blocks/", {"member": ruth.member_id(by_member)})
    amos.say(by_name, "by name")
    amos.say(both, "before")
    ruth.blocks(amos)
    pairs = shown_alike([""], ruth, amos, lydia)
    latest = {row["id"]: row["latest_message"] for row in rows(pairs[1])}
    assert (latest[by_member], latest[by_name]["preview"]) == (None, "by name")
    lydia.say(by_member, "the owner does not hide her")
    amos.say(by_member, "hidden from her who blocked and is there anonymously")
    pairs = shown_alike([""], ruth, amos, lydia)
    assert [
        row["latest_message"] and row["latest_message"]["sender_name"]
        for pair in pairs
        for row in rows(pair)
        if row["id"] == by_member
    ] == [None, "Amos", "Amos"]


def test_who_is_there_twice_is_listed_once(ruth, amos, lydia):
    """By the active row of two, then by the named one."""
    active, invited = (ruth.group(amos, lydia, is_anonymous=True) for _ in range(2))
    for room in (active, invited):
        owner(
            "INSERT INTO participant SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(),"
            " 'is_anonymous', false, 'role', 'member', 'state', %s::text, 'visible_from_seq', 2))).*"
            " FROM participant p WHERE p.conversation_id = %s AND p.user_id = %s",
            "active" if room == active else "invited",
            room,
            ruth.id,
        )
        amos.say(room, "hello")
    pairs = shown_alike(["", "?state=invited", "?state=active"], ruth, amos)
    mine = {row["id"]: row["my_member"] for row in rows(pairs[0])}
    assert {room: (member["is_anonymous"], member["state"]) for room, member in mine.items()} == {
        active: (False, "active"),
        invited: (True, "active"),
    }
    # By her named row there she sees from the second message on.
    assert {row["id"]: row["latest_message"] is None for row in rows(pairs[0])} == {
        active: True,
        invited: False,
    }


def test_who_left_was_removed_or_came_late(ruth, amos, lydia):
    left, removed, late = (ruth.group(amos, title=name) for name in ("left", "removed", "late"))
    for room in (left, removed, late):
        ruth.say(room, "before")
    amos.ok("DELETE", f"conversations/{left}/members/{amos.member_id(left)}/")
    ruth.ok("DELETE", f"conversations/{removed}/members/{amos.member_id(removed)}/")
    ruth.ok("POST", f"conversations/{late}/members/", {"user": lydia.id})
    lydia.ok("POST", f"conversations/{late}/accept/")
    pairs = shown_alike(["", "?state=left"], amos, lydia, ruth)
    assert [row["id"] for row in rows(pairs[0])] == [late]
    (seen,) = rows(pairs[2])
    assert (seen["id"], seen["latest_message"], seen["unread_count"]) == (late, None, 0)


def test_newest_messages_of_long_ago_and_of_today(ruth, amos, old_months):
    rooms = [ruth.direct(amos), ruth.group(amos), ruth.group(amos)]
    for room in rooms:
        amos.say(room, room)
    for room in rooms[1:]:
        owner(
            "UPDATE message SET id = uuid7_floor('2025-10-15'::timestamptz) WHERE conversation_id = %s"
            if room == rooms[1]
            else "UPDATE message SET id = uuid7_floor('2025-11-15'::timestamptz) WHERE conversation_id = %s",
            room,
        )
        owner(
            "UPDATE conversation c SET latest_message_id = m.id FROM message m WHERE m.conversation_id = c.id AND c.id = %s",
            room,
        )
    (pair,) = shown_alike([""], ruth)
    assert {row["id"]: row["latest_message"]["preview"] for row in rows(pair)} == {
        room: room for room in rooms
    }


def test_fifty_and_none(ruth, amos, lydia):
    room = ruth.group(amos)
    amos.say(room, "hi")
    copies(room, 54)
    pairs = shown_alike(["", "?limit=100", "?limit=54", "?limit=55", "?limit=56"], ruth, lydia)
    assert [len(rows(pair)) for pair in pairs] == [50, 55, 54, 55, 55, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("why", ENDINGS)
def test_who_may_not_enter_any_more_is_refused_at_once(ruth, amos, why):
    ruth.direct(amos)
    headers = amos.headers

    async def before(both):
        await both.both(LIST, headers)
        return await both.both(LIST, headers)

    assert asking(before).was_short
    lose_access(amos, why)

    async def after(both):
        await both.both(LIST, ruth.headers)
        return await both.both(LIST, headers)

    pair = asking(after)
    assert (pair.django, pair.was_short) == (pair.short, False)
    assert pair.short.status == 401


def test_headers_are_learnt_by_each_endpoint_for_itself(ruth, amos):
    room = ruth.direct(amos)
    history = f"{LIST}{room}/messages/"
    ruth.say(room)

    async def work(both):
        return [await both.both(path, ruth.headers) for path in (history, LIST, history, LIST)]

    pairs = asking(work)
    assert differing(pairs) == []
    assert [pair.was_short for pair in pairs] == [False, False, True, True]


def test_a_request_counts_once_whichever_way_it_goes(ruth, lydia, settings):
    settings.REQUESTS_BURST, settings.REQUESTS_PER_SECOND = 5, 0.001
    requests.clear()
    mine, others = ruth.headers, lydia.headers

    async def work(both):
        await answer(both.short, LIST, others)
        paths = [LIST, f"{LIST}?limit=0", f"{LIST}?cursor=cj0x", LIST, f"{LIST}?state=active", LIST]
        return [(await answer(both.short, path, mine)).status for path in paths], both.short.answered

    assert asking(work) == ([200, 400, 200, 200, 200, 429], 3)


class Counting(Pipelines):
    """The same, and how many calls went out in each round trip."""

    def __init__(self):
        super().__init__(1)
        self.trips = []

    async def run(self, *calls):
        self.trips.append(len(calls))
        return await super().run(*calls)


@pytest.mark.parametrize("number", [1, 3, 50])
def test_a_page_takes_two_round_trips_however_many_it_shows(ruth, amos, number):
    room = ruth.group(amos)
    amos.say(room, "hi")
    copies(room, number - 1)
    assert ruth.headers
    reader = Reader(ruth.user.pk, Session.objects.get(user=ruth.user).pk)

    async def work():
        lines = Counting()
        found = await own_conversations(lines, reader, Filters(), before=None, skip=0, most=51)
        results = await shown(lines, reader.person, found)
        await lines.close()
        return len(results), lines.trips

    assert asyncio.run(work()) == (number, [2, 4])


def test_without_a_running_server_everything_is_djangos(ruth, amos):
    from messaging.api.short_way import ShortWay
    from prayermap.handler import OneHopHandler

    ruth.direct(amos)
    short = ShortWay(OneHopHandler())
    answers = [asyncio.run(answer(short, LIST, ruth.headers)) for _ in range(2)]
    assert (answers[0].status, answers[0], short.answered) == (200, answers[1], 0)
