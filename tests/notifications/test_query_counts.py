"""How many statements a request takes, and a round of the worker, whatever the number of notifications."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from notifications.services.routing import route_due
from tests.messaging.actors import actor
from tests.notifications.delivering import later, subscribe

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = pytest.mark.parametrize("number", [1, 3])
#: Who asks and the switch to them are two of each.
LIST, READ, READ_ALL, PREFERENCES, WHY, ROUTE = 9, 6, 6, 5, 3, 13


def counted(act, alias="default"):
    """Without BEGIN, COMMIT and savepoints."""
    with CaptureQueriesContext(connections[alias]) as queries:
        answer = act()
    words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return len([query for query in queries if not query["sql"].startswith(words)]), answer


def told(person, number):
    """So many unread conversations, named by their titles and by their members, with a mention in each."""
    for count in range(number):
        friend = actor(f"Friend {count}")
        room = friend.group(person, title=f"Room {count}")
        friend.say(room, "named", mentions=[person.member_id(room)])
        friend.say(friend.direct(person), "direct")


@SIZES
def test_the_list(amos, number):
    told(amos, number)
    count, page = counted(lambda: amos.ok("GET", "notifications/?unread=true"))
    assert (count, len(page["results"])) == (LIST, 3 * number)


@SIZES
def test_reading_one_and_all(amos, number):
    told(amos, number)
    rows = amos.ok("GET", "notifications/?unread=true")["results"]
    row = next(row for row in rows if row["kind"] == "message_received")
    assert counted(lambda: amos.ok("POST", f"notifications/{row['id']}/read/"))[0] == READ
    count, answer = counted(lambda: amos.ok("POST", "notifications/read-all/", {}))
    assert (count, len(answer["ids"])) == (READ_ALL, 3 * number - 1)


@SIZES
def test_preferences(amos, number):
    kinds = ["mention", "prayer_response", "prayer_answered"][:number]
    amos.ok("PATCH", "notifications/preferences/", {"kinds": {kind: {"email": True} for kind in kinds}})
    assert counted(lambda: amos.ok("GET", "notifications/preferences/"))[0] == PREFERENCES


@SIZES
def test_a_round_of_the_worker(ruth, service, number):
    people = [actor(f"Reader {count}") for count in range(number)]
    room = ruth.group(*people)
    for count, person in enumerate(people):
        subscribe(person, service, f"/{count}")
    ruth.say(room)
    count, decided = counted(lambda: route_due(now=later()), "owner")
    assert (count, decided) == (ROUTE, number)


@SIZES
def test_why(amos, number):
    told(amos, number)
    route_due(now=later())
    count, page = counted(lambda: amos.ok("GET", "notifications/why/"))
    assert (count, len(page["results"])) == (WHY, 3 * number)
