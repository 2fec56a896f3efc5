"""A cursor that the server didn't make is refused by every list, and never taken for its first page."""

from base64 import b64encode

import pytest

from tests.messaging.actors import new_id

pytestmark = pytest.mark.django_db
LISTS = (
    "conversations/", "queue/", "me/blocks/", "me/reports/", "me/sanctions/", "notifications/", "notifications/why/",
    "prayers/", "messages/search/?q=rain", "conversations/{room}/members/", "prayers/{prayer}/responses/",
    "conversations/{room}/messages/1/delivery/",
)  # fmt: skip
STRANGE = (
    "%00",
    "%25%25%25",
    "x",
    "aGVsbG8%3D",
    b64encode(b"q=1").decode(),
    b64encode(b"p=1&q=1").decode(),
    "%F0%9F%99%8F",
)


def test_strange_cursors_are_refused_by_every_list(ruth, amos):
    room = ruth.group(amos)
    ruth.say(room)
    prayer = ruth.ok(
        "POST", "prayers/", {"kind": "request", "title": "Rain", "body": "Soon", "client_id": new_id()}
    )["id"]
    answers = {}
    for path in LISTS:
        whole = path.format(room=room, prayer=prayer)
        assert ruth.get(whole).status == 200, path
        for cursor in STRANGE:
            answers[path, cursor] = ruth.get(f"{whole}{'&' if '?' in whole else '?'}cursor={cursor}").refusal
    assert {row: refusal for row, refusal in answers.items() if refusal != (400, "invalid")} == {}


def test_cursors_of_the_server_are_followed_both_ways(ruth, amos):
    rooms = [ruth.group(amos) for _ in range(3)]
    first = ruth.ok("GET", "conversations/?limit=1")
    second = ruth.ok("GET", first["next"])
    third = ruth.ok("GET", second["next"])
    assert [page["results"][0]["id"] for page in (first, second, third)] == rooms[::-1]
    assert third["next"] is None
    assert ruth.ok("GET", ruth.ok("GET", third["previous"])["previous"])["results"] == first["results"]
