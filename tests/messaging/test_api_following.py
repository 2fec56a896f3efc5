"""Threads, and whom a message has reached."""

import pytest

from tests.messaging.changing import at, delete
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)
GONE = (404, "not_found")


@pytest.fixture
def group(ruth, amos, lydia):
    return ruth.group(amos, lydia)


def thread(person, room, seq, more=""):
    return person.ok("GET", f"{at(room, seq)}thread/{more}")


def seqs(page):
    return [row["seq"] for row in page["results"]]


def test_a_thread_is_the_message_its_answers_and_theirs(ruth, amos, group):
    for answered in (None, 1, None, 2, 1, 3):
        ruth.say(group, "x", **({"reply_to": answered} if answered else {}))
    page = thread(amos, group, 1)
    assert (page["root"]["seq"], seqs(page), page["next"]) == (1, [2, 4, 5], None)
    assert seqs(thread(amos, group, 3)) == [6]
    assert seqs(thread(amos, group, 5)) == []
    first = thread(amos, group, 1, "?limit=2")
    assert (seqs(first), seqs(amos.ok("GET", first["next"]))) == ([2, 4], [5])


def test_what_is_deleted_answers_nothing_any_more(ruth, amos, group):
    for answered in (None, 1, 1):
        ruth.say(group, "x", **({"reply_to": answered} if answered else {}))
    delete(ruth, group, 2)
    delete(amos, group, 3, "me")
    assert thread(amos, group, 1)["results"] == [{"seq": 3, "state": "removed"}]
    assert seqs(thread(ruth, group, 1)) == [3]


def test_a_thread_of_nothing_one_sees_is_404(ruth, naomi, group):
    ruth.say(group)
    assert naomi.get(f"{at(group, 1)}thread/").refusal == ruth.get(f"{at(group, 2)}thread/").refusal == GONE


# --- delivery ---------------------------------------------------------------------------------------------
def delivery(person, room, seq=1):
    rows = person.ok("GET", f"{at(room, seq)}delivery/")["results"]
    return {row["name"]: (row["delivered_at"] is not None, row["read_at"] is not None) for row in rows}


def test_delivery_says_whom_it_reached_and_who_has_read(ruth, amos, lydia, group):
    ruth.say(group)
    assert delivery(ruth, group) == {"Amos": (False, False), "Lydia": (False, False)}
    amos.ok("POST", f"conversations/{group}/receipts/", {"delivered": 1})
    lydia.ok("POST", f"conversations/{group}/receipts/", {"read": 1})
    assert delivery(ruth, group) == {"Amos": (True, False), "Lydia": (True, True)}
    (first, *_) = ruth.ok("GET", f"{at(group, 1)}delivery/")["results"]
    assert set(first) == {"member", "name", "delivered_at", "read_at"}
    assert (
        amos.get(f"{at(group, 1)}delivery/").refusal == ruth.get(f"{at(group, 2)}delivery/").refusal == GONE
    )


def test_who_shares_nothing_and_who_is_anonymous_stand_there_with_nulls(ruth, amos, lydia):
    group = ruth.group(amos, lydia, is_anonymous=True)
    amos.say(group)
    lydia.ok("PATCH", "me/", {"share_read_receipts": False})
    for person in (ruth, lydia):
        person.ok("POST", f"conversations/{group}/receipts/", {"read": 1})
    assert delivery(amos, group) == {"Someone": (False, False), "Lydia": (False, False)}


def test_in_a_large_conversation_the_marks_answer(ruth, amos, group):
    ruth.say(group)
    amos.ok("POST", f"conversations/{group}/receipts/", {"read": 1})
    owner("DELETE FROM delivery_status")
    assert delivery(ruth, group)["Amos"] == (True, True)


def test_delivery_is_for_the_sealed_author_alone_and_leaves_them_out(ruth, amos, lydia, group):
    amos.say(group, "in secret", is_anonymous=True)
    for person in (ruth, amos):
        person.ok("POST", f"conversations/{group}/receipts/", {"read": 1})
    assert delivery(amos, group) == {"Ruth": (True, True), "Lydia": (False, False)}
    assert ruth.get(f"{at(group, 1)}delivery/").refusal == GONE


def test_delivery_comes_in_pages(ruth, group):
    ruth.say(group)
    first = ruth.ok("GET", f"{at(group, 1)}delivery/?limit=1")
    second = ruth.ok("GET", first["next"])
    names = {row["name"] for page in (first, second) for row in page["results"]}
    assert (names, second["next"]) == ({"Amos", "Lydia"}, None)
