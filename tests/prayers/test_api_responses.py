"""Responses to prayers over REST."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import connection

from tests.messaging.lines import owner
from tests.prayers.acts import pray, respond, try_respond

pytestmark = pytest.mark.django_db(transaction=True)


def listed(person, prayer_id):
    return person.ok("GET", f"prayers/{prayer_id}/responses/")["results"]


def test_a_response_is_shown_to_everybody(ruth, amos, lydia):
    made = pray(ruth)
    said = respond(amos, made["id"], " With you.\n")
    assert said == {
        "id": said["id"], "prayer": made["id"], "author": amos.id, "author_name": "Amos", "is_mine": True,
        "is_anonymous": False, "kind": "text", "content": " With you.\n", "created_at": said["created_at"],
        "duplicate": False,
    }  # fmt: skip
    prayed = respond(lydia, made["id"], None)
    assert (prayed["kind"], prayed["content"]) == ("prayed", None)
    seen = [{k: v for k, v in row.items() if k != "duplicate"} | {"is_mine": False} for row in (prayed, said)]
    assert listed(ruth, made["id"]) == seen
    counts = ruth.ok("GET", f"prayers/{made['id']}/")
    assert (counts["response_count"], counts["prayed_count"]) == (1, 1)


def test_an_anonymous_response_has_no_author_and_no_exact_time(ruth, amos):
    made = pray(ruth)
    said = respond(amos, made["id"], is_anonymous=True)
    assert (said["author"], said["author_name"], said["is_mine"]) == (None, "Someone", True)
    (seen,) = listed(ruth, made["id"])
    assert (seen["author"], seen["author_name"], seen["is_mine"]) == (None, "Someone", False)
    assert seen["created_at"][13:] == ":00:00Z"
    assert (UUID(seen["id"]).int >> 80) % 3_600_000 == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "content"),
        ({"content": " "}, "content"),
        ({"content": None}, "content"),
        ({"content": "x" * 5_001}, "content"),
        ({"kind": "prayed", "content": "x"}, "content"),
        ({"kind": "sung", "content": "x"}, "kind"),
        ({"content": "x", "is_anonymous": None}, "is_anonymous"),
        ({"content": "x", "extra": 1}, "extra"),
    ],
)
def test_what_is_no_response_is_refused(ruth, amos, body, field):
    made = pray(ruth)
    answer = amos.post(f"prayers/{made['id']}/responses/", body)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), [field])
    assert listed(ruth, made["id"]) == []


def test_there_must_be_a_prayer(ruth):
    assert try_respond(ruth, uuid4()).refusal == (404, "not_found")
    assert ruth.get(f"prayers/{uuid4()}/responses/").refusal == (404, "not_found")


def test_an_answered_prayer_takes_responses_a_closed_one_takes_none(ruth, amos):
    made = pray(ruth)
    ruth.ok("PATCH", f"prayers/{made['id']}/", {"status": "answered"})
    respond(amos, made["id"])
    ruth.ok("PATCH", f"prayers/{made['id']}/", {"status": "closed"})
    assert try_respond(amos, made["id"]).refusal == (409, "conflict")


def test_the_same_request_finds_its_response(ruth, amos):
    made, other = pray(ruth), pray(ruth)
    key = str(uuid4())
    first = try_respond(amos, made["id"], client_id=key)
    again = try_respond(amos, made["id"], client_id=key)
    assert (first.status, again.status, again.body) == (201, 200, first.body | {"duplicate": True})
    assert try_respond(amos, made["id"], client_id=key, content="Other").refusal == (409, "client_id_reused")
    assert try_respond(amos, other["id"], client_id=key).refusal == (409, "client_id_reused")
    assert len(listed(ruth, made["id"])) == 1


def test_a_block_refuses_between_named_people(ruth, amos):
    made = pray(ruth)
    respond(amos, made["id"])
    ruth.blocks(amos)
    assert try_respond(amos, made["id"]).refusal == (403, "blocked")
    assert listed(ruth, made["id"]) == []  # what he had said is out of her sight
    his = pray(amos)
    assert try_respond(ruth, his["id"]).refusal == (403, "blocked")


def test_a_block_is_not_seen_where_one_of_them_is_anonymous(ruth, amos):
    """No refusal tells that the author is somebody who blocked one."""
    named, sealed = pray(ruth), pray(ruth, is_anonymous=True)
    ruth.blocks(amos)
    assert try_respond(amos, named["id"], is_anonymous=True).status == 201
    assert try_respond(amos, sealed["id"]).status == 201
    assert len(listed(amos, sealed["id"])) == 1
    assert len(listed(ruth, named["id"])) == 1


def test_the_list_pages_newest_first(ruth, amos):
    made = pray(ruth)
    for number in range(3):
        respond(amos, made["id"], f"Response {number}")
    first = ruth.ok("GET", f"prayers/{made['id']}/responses/?limit=2")
    second = ruth.ok("GET", first["next"])
    said = [[row["content"] for row in page["results"]] for page in (first, second)]
    assert said == [["Response 2", "Response 1"], ["Response 0"]]
    assert second["next"] is None


def test_a_hidden_response_is_seen_by_nobody(ruth, amos):
    made = pray(ruth)
    respond(amos, made["id"])
    owner("UPDATE prayer_response SET is_hidden = true")
    assert listed(ruth, made["id"]) == listed(amos, made["id"]) == []


def test_responses_at_once_are_all_counted(ruth, amos, lydia):
    made = pray(ruth)

    def eight(person):
        try:
            return [try_respond(person, made["id"]).status for _ in range(8)]
        finally:
            connection.close()

    people = [ruth, amos, lydia]
    for person in people:
        assert person.headers
    with ThreadPoolExecutor(3) as pool:
        statuses = [status for found in pool.map(eight, people) for status in found]
    assert statuses == [201] * 24
    assert ruth.ok("GET", f"prayers/{made['id']}/")["response_count"] == 24
