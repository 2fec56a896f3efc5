"""Reactions, pins and stars over REST: what is counted, who is named (nobody), what is refused."""

from itertools import islice
from urllib.parse import quote

import pytest

from tests.messaging.actors import actor
from tests.messaging.changing import at, delete, history, read, rows_about
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)
PRAY, DOVE, HEART = "\U0001f64f", "\U0001f54a\ufe0f", "\u2764\ufe0f"
FAMILY = "\U0001f468\U0001f3fd\u200d❤️\u200d\U0001f48b\u200d\U0001f468\U0001f3fe"


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


@pytest.fixture
def group(ruth, amos, lydia):
    return ruth.group(amos, lydia)


def react(person, room, emoji, seq=1, method="PUT"):
    return person.call(method, f"{at(room, seq)}reactions/{quote(emoji)}/")


def unreact(person, room, emoji, seq=1):
    return react(person, room, emoji, seq, "DELETE")


def put(person, room, what, seq=1):
    return person.call("PUT", f"{at(room, seq)}{what}/")


def off(person, room, what, seq=1):
    return person.delete(f"{at(room, seq)}{what}/")


def some_emoji(number):
    from emoji import EMOJI_DATA

    return list(islice((key for key, about in EMOJI_DATA.items() if about["status"] == 2), number))


# --- reactions --------------------------------------------------------------------------------------------
def test_reactions_are_counted_first_chosen_first_and_mine_is_mine(ruth, amos, lydia, group):
    sent = ruth.say(group)
    assert react(ruth, group, DOVE).status == 200
    for person in (amos, lydia):
        answer = react(person, group, PRAY)
    assert answer.body["reactions"] == [
        {"emoji": DOVE, "count": 1, "mine": False},
        {"emoji": PRAY, "count": 2, "mine": True},
    ]
    assert answer.body["rev"] == sent["rev"] + 3 == ruth.see(group)["rev"]
    assert read(ruth, group)["reactions"] == [
        {"emoji": DOVE, "count": 1, "mine": True},
        {"emoji": PRAY, "count": 2, "mine": False},
    ]
    assert history(ruth, group)[0]["reactions"] == read(ruth, group)["reactions"]
    changed = ruth.ok("GET", f"conversations/{group}/changes/?after_rev={sent['rev']}")["messages"]
    assert changed == [read(ruth, group)]
    assert read(ruth, group)["is_edited"] is False


def test_putting_it_again_or_taking_away_what_is_not_there_changes_nothing(ruth, amos, room):
    ruth.say(room)
    first, again = react(amos, room, PRAY), react(amos, room, PRAY)
    assert (again.status, again.body) == (200, first.body)
    assert unreact(ruth, room, PRAY).body["rev"] == first.body["rev"]
    taken = unreact(amos, room, PRAY)
    assert (taken.body["reactions"], taken.body["rev"]) == ([], first.body["rev"] + 1)
    assert owner("SELECT has_reactions FROM message")[0].has_reactions is False


@pytest.mark.parametrize("emoji", [PRAY, DOVE, FAMILY, "#\ufe0f\u20e3", "\U0001f1f0\U0001f1ea"])
def test_any_fully_qualified_emoji_will_do(ruth, room, emoji):
    ruth.say(room)
    assert react(ruth, room, emoji).body["reactions"] == [{"emoji": emoji, "count": 1, "mine": True}]


@pytest.mark.parametrize(
    "emoji",
    ["a", ":pray:", " ", "\u2764", PRAY + PRAY, PRAY + " ", "\U0001f3fd", "\u200d", "x" * 100, "\U0001f1f0"],
)
def test_anything_else_is_400(ruth, room, emoji):
    ruth.say(room)
    answer = react(ruth, room, emoji)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), ["emoji"])


def test_five_of_a_member_and_twenty_kinds_on_a_message(ruth, group):
    ruth.say(group)
    emoji = some_emoji(25)
    people = [actor() for _ in range(5)]
    for person in people:
        ruth.ok("POST", f"conversations/{group}/members/", {"user": person.id})
        person.ok("POST", f"conversations/{group}/accept/")
    ruth.say(group)
    for number, person in enumerate(people[:4]):
        for one in emoji[number * 5 : number * 5 + 5]:
            assert react(person, group, one, 2).status == 200
    assert react(people[0], group, emoji[20], 2).refusal == (409, "conflict")  # a sixth of theirs
    assert react(people[4], group, emoji[20], 2).refusal == (409, "conflict")  # a 21st kind
    assert react(people[4], group, emoji[0], 2).status == 200
    assert len(read(ruth, group, 2)["reactions"]) == 20


def test_who_may_not_write_may_not_react(ruth, amos, naomi, room):
    ruth.say(room)
    assert react(naomi, room, PRAY).refusal == (404, "not_found")
    assert react(ruth, room, PRAY, 2).refusal == (404, "not_found")
    react(amos, room, PRAY)
    ruth.blocks(amos)
    assert react(amos, room, DOVE).refusal == react(ruth, room, PRAY).refusal == (403, "blocked")
    owner("UPDATE conversation SET is_active = false")
    assert react(ruth, room, PRAY).refusal == (409, "conflict")


def test_reactions_go_with_the_message_and_come_to_none_that_is_gone(ruth, amos, room):
    ruth.say(room)
    react(amos, room, PRAY)
    delete(ruth, room, 1)
    assert (read(amos, room)["reactions"], rows_about(room, 1)["reaction"]) == ([], 0)
    assert react(amos, room, PRAY).refusal == (409, "conflict")
    ruth.say(room)
    delete(amos, room, 2, "me")
    assert react(amos, room, PRAY, 2).refusal == (404, "not_found")


def test_reactions_of_and_on_somebody_anonymous_name_nobody(ruth, amos, lydia):
    group = ruth.group(amos, lydia, is_anonymous=True)
    amos.say(group, "in secret", is_anonymous=True)
    members = [person.member_id(group) for person in (ruth, amos, lydia)]
    react(ruth, group, PRAY)  # an anonymous member
    react(amos, group, PRAY)  # the sealed author
    seen = read(lydia, group)
    assert seen["reactions"] == [{"emoji": PRAY, "count": 2, "mine": False}]
    assert all(trace not in str(seen) for trace in (*members, ruth.id, amos.id, "Amos", "Ruth"))
    assert read(amos, group)["reactions"] == [{"emoji": PRAY, "count": 2, "mine": True}]


# --- pins -----------------------------------------------------------------------------------------------------
def test_either_of_two_pins_and_takes_down(ruth, amos, room):
    sent = ruth.say(room)
    answer = put(amos, room, "pin")
    assert (answer.status, answer.body["is_pinned"], answer.body["rev"]) == (200, True, sent["rev"] + 1)
    assert put(ruth, room, "pin").body["rev"] == sent["rev"] + 1
    assert read(ruth, room)["is_pinned"] is True
    assert (off(ruth, room, "pin").body["is_pinned"], read(amos, room)["rev"]) == (False, sent["rev"] + 2)


def test_admins_alone_pin_in_a_group(ruth, amos, naomi, group):
    amos.say(group)
    assert put(amos, group, "pin").refusal == (403, "forbidden")
    assert put(naomi, group, "pin").refusal == (404, "not_found")
    assert put(ruth, group, "pin").status == 200
    assert off(amos, group, "pin").refusal == (403, "forbidden")


def test_fifty_pins_and_none_on_what_is_gone(ruth, room):
    for _ in range(52):
        ruth.say(room)
    owner("UPDATE message SET pinned_at = now() WHERE seq <= 50")
    assert put(ruth, room, "pin", 51).refusal == (409, "conflict")
    assert put(ruth, room, "pin", 50).status == 200
    delete(ruth, room, 1)
    assert read(ruth, room, 1)["is_pinned"] is False
    assert put(ruth, room, "pin", 51).status == 200
    assert put(ruth, room, "pin", 1).refusal == (409, "conflict")


# --- stars ----------------------------------------------------------------------------------------------------
def test_a_star_is_seen_by_who_gave_it_and_moves_their_counter_alone(ruth, amos, room):
    sent = ruth.say(room)
    mine, others = (person.ok("POST", "sync/", {})["me_rev"] for person in (amos, ruth))
    answer = put(amos, room, "star")
    assert (answer.status, answer.body["is_starred"], answer.body["rev"]) == (200, True, sent["rev"])
    assert put(amos, room, "star").body == answer.body
    assert (read(amos, room)["is_starred"], read(ruth, room)["is_starred"]) == (True, False)
    assert [person.ok("POST", "sync/", {})["me_rev"] for person in (amos, ruth)] == [mine + 1, others]
    assert (off(amos, room, "star").body["is_starred"], off(amos, room, "star").status) == (False, 200)
    assert amos.ok("POST", "sync/", {})["me_rev"] == mine + 2


def test_stars_go_with_the_message_and_with_its_removal(ruth, amos, room):
    for _ in range(2):
        ruth.say(room)
    for seq in (1, 2):
        put(amos, room, "star", seq)
    delete(ruth, room, 1)
    assert (read(amos, room)["is_starred"], rows_about(room, 1)["personal_mark"]) == (False, 0)
    delete(amos, room, 2, "me")
    assert [tuple(row) for row in owner("SELECT seq, starred_at FROM personal_mark")] == [(2, None)]
    assert put(amos, room, "star", 1).refusal == (409, "conflict")
    assert put(amos, room, "star", 2).refusal == put(amos, room, "star", 3).refusal == (404, "not_found")


def test_reactions_cost_one_statement_however_many(ruth, amos, room):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements():
        with CaptureQueriesContext(connection) as queries:
            history(amos, room)
        return len(queries)

    for _ in range(3):
        ruth.say(room)
    without = statements()
    react(amos, room, PRAY, 1)
    one = statements()
    for seq in (2, 3):
        react(amos, room, PRAY, seq)
        react(ruth, room, DOVE, seq)
    assert (one, statements()) == (without + 1, without + 1)
