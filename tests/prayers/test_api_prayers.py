"""Prayers over REST."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.messaging.lines import owner
from tests.prayers.acts import NAIROBI, pray, prayer, respond, titles, try_pray

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_prayer_is_shown_as_it_was_written(ruth, amos):
    made = pray(ruth, kind="intercession", place_name="Bethlehem", body=" For her.\n")
    assert made == {
        "id": made["id"], "author": ruth.id, "author_name": "Ruth", "is_mine": True, "is_anonymous": False,
        "kind": "intercession", "title": "Before an operation", "body": " For her.\n", "latitude": 31.71,
        "longitude": 35.2, "place_name": "Bethlehem", "status": "open", "answered_at": None, "response_count": 0,
        "prayed_count": 0, "created_at": made["created_at"], "duplicate": False,
    }  # fmt: skip
    assert UUID(made["id"]).version == 7
    seen = amos.ok("GET", f"prayers/{made['id']}/")
    assert seen == {key: value for key, value in made.items() if key != "duplicate"} | {"is_mine": False}
    assert amos.ok("GET", "prayers/")["results"] == [seen]


def test_only_a_coarse_place_reaches_the_database(ruth):
    pray(ruth, latitude=31.705412345, longitude=35.202498765)
    (row,) = owner("SELECT to_jsonb(p) AS whole FROM prayer p")
    assert (row.whole["grid_latitude"], row.whole["grid_longitude"]) == (3171, 3520)
    assert "7054" not in str(row.whole)
    assert "2024" not in str({key: row.whole[key] for key in ("cell", "grid_longitude", "place_name")})


def test_an_anonymous_prayer_has_no_author_and_no_exact_time(ruth, amos):
    made = pray(ruth, is_anonymous=True)
    assert (made["author"], made["author_name"], made["is_mine"]) == (None, "Someone", True)
    seen = amos.ok("GET", f"prayers/{made['id']}/")
    assert (seen["author"], seen["author_name"], seen["is_mine"]) == (None, "Someone", False)
    assert seen["created_at"][13:] == ":00:00Z"
    assert (UUID(made["id"]).int >> 80) % 3_600_000 == 0
    answered = ruth.ok("PATCH", f"prayers/{made['id']}/", {"status": "answered"})
    assert answered["answered_at"][13:] == ":00:00Z"


def test_a_place_may_be_missing(ruth):
    made = pray(ruth, latitude=None, longitude=None)
    assert (made["latitude"], made["longitude"]) == (None, None)
    assert titles(ruth, "?bbox=-180,-90,180,90") == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"title": "Someone"}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"title": 7}, "title"),
        ({"body": ""}, "body"),
        ({"body": " \u200b\n"}, "body"),
        ({"body": "x" * 5_001}, "body"),
        ({"body": "a\0b"}, "body"),
        ({"kind": "wish"}, "kind"),
        ({"latitude": 90.01}, "latitude"),
        ({"longitude": -180.01}, "longitude"),
        ({"latitude": "31"}, "latitude"),
        ({"latitude": None}, "latitude"),
        ({"longitude": None}, "longitude"),
        ({"place_name": "\u202e"}, "place_name"),
        ({"is_anonymous": "true"}, "is_anonymous"),
        ({"client_id": "x"}, "client_id"),
        ({"author": str(uuid4())}, "author"),
    ],
)
def test_what_is_no_prayer_is_refused(ruth, more, field):
    answer = try_pray(ruth, **more)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), [field])
    assert titles(ruth) == []


@pytest.mark.parametrize("field", ["title", "body"])
def test_a_prayer_needs_a_title_and_a_body(ruth, field):
    body = prayer()
    del body[field]
    assert ruth.post("prayers/", body).fields == [field]


def test_a_title_is_stored_composed_and_trimmed_and_a_body_as_it_is(ruth):
    made = pray(ruth, title="  Cafe\u0301 ", body="  Cafe\u0301 ")
    assert (made["title"], made["body"]) == ("Caf\u00e9", "  Cafe\u0301 ")


def test_the_same_request_finds_its_prayer(ruth, amos):
    key = str(uuid4())
    first = try_pray(ruth, client_id=key)
    again = try_pray(ruth, client_id=key)
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body | {"duplicate": True}
    assert try_pray(ruth, client_id=key, title="Another").refusal == (409, "client_id_reused")
    assert try_pray(amos, client_id=key).status == 201
    assert len(titles(ruth)) == 2


def test_the_author_changes_a_prayer(ruth, amos):
    made = pray(ruth)
    path = f"prayers/{made['id']}/"
    changed = ruth.ok(
        "PATCH", path, {"title": "After it", "body": "All went well.", "kind": "thanksgiving"} | NAIROBI
    )
    assert (changed["title"], changed["body"], changed["kind"]) == (
        "After it",
        "All went well.",
        "thanksgiving",
    )
    assert (changed["latitude"], changed["longitude"]) == (-1.29, 36.82)
    assert ruth.ok("PATCH", path, {}) == changed
    gone = ruth.ok("PATCH", path, {"latitude": None, "longitude": None, "place_name": ""})
    assert (gone["latitude"], gone["longitude"], gone["place_name"]) == (None, None, "")
    assert amos.ok("GET", path)["title"] == "After it"


def test_a_prayer_is_answered_and_closed_and_opened_again(ruth):
    path = f"prayers/{pray(ruth)['id']}/"
    answered = ruth.ok("PATCH", path, {"status": "answered"})
    assert (answered["status"], answered["answered_at"] is not None) == ("answered", True)
    assert ruth.ok("PATCH", path, {"status": "answered"}) == answered
    closed = ruth.ok("PATCH", path, {"status": "closed"})
    assert (closed["status"], closed["answered_at"]) == ("closed", None)
    assert ruth.ok("PATCH", path, {"status": "open"})["status"] == "open"


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_nobody_else_changes_or_deletes_a_prayer(ruth, amos, is_anonymous):
    made = pray(ruth, is_anonymous=is_anonymous)
    path = f"prayers/{made['id']}/"
    assert amos.patch(path, {"title": "Mine"}).refusal == (403, "forbidden")
    assert amos.delete(path).refusal == (403, "forbidden")
    assert amos.ok("GET", path)["title"] == made["title"]


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"title": ""}, "title"),
        ({"body": " "}, "body"),
        ({"status": "won"}, "status"),
        ({"latitude": 1.0}, "longitude"),
        ({"longitude": 1.0}, "latitude"),
        ({"latitude": None}, "longitude"),
        ({"latitude": None, "longitude": 1.0}, "latitude"),
        ({"is_anonymous": True}, "is_anonymous"),
    ],
)
def test_what_is_no_change_is_refused(ruth, patch, field):
    made = pray(ruth)
    answer = ruth.patch(f"prayers/{made['id']}/", patch)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), [field])


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_a_deleted_prayer_is_gone_with_everything_that_hangs_on_it(ruth, amos, is_anonymous):
    made = pray(ruth, is_anonymous=is_anonymous)
    respond(amos, made["id"])
    respond(amos, made["id"], None, is_anonymous=True)
    path = f"prayers/{made['id']}/"
    assert ruth.delete(path).status == 204
    assert ruth.get(path).refusal == ruth.delete(path).refusal == (404, "not_found")
    assert amos.get(f"{path}responses/").refusal == (404, "not_found")
    for table in ("prayer", "prayer_author", "prayer_response", "prayer_response_author"):
        assert owner(f"SELECT 1 FROM {table}") == []


def test_a_prayer_that_is_not_there_looks_like_none(ruth):
    path = f"prayers/{uuid4()}/"
    for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None)):
        assert ruth.call(method, path, body).refusal == (404, "not_found")


def test_a_hidden_prayer_is_seen_by_nobody(ruth, amos):
    made = pray(ruth)
    owner("UPDATE prayer SET is_hidden = true")
    path = f"prayers/{made['id']}/"
    for person in (ruth, amos):
        assert person.get(path).refusal == (404, "not_found")
        assert person.patch(path, {"title": "x"}).refusal == (404, "not_found")
        assert titles(person) == titles(person, "?mine=true") == []
    assert amos.post(f"{path}responses/", {"content": "x"}).refusal == (404, "not_found")
    assert amos.delete(path).refusal == (404, "not_found")
    assert ruth.delete(path).status == 204  # one may always take back what one wrote


def test_the_list_is_newest_first_and_pages(ruth, amos):
    for number in range(5):
        pray(ruth, title=f"Prayer {number}")
    first = amos.ok("GET", "prayers/?limit=2&bbox=-180,-90,180,90")
    second = amos.ok("GET", first["next"])
    third = amos.ok("GET", second["next"])
    pages = [[row["title"] for row in page["results"]] for page in (first, second, third)]
    assert pages == [["Prayer 4", "Prayer 3"], ["Prayer 2", "Prayer 1"], ["Prayer 0"]]
    assert third["next"] is None
    assert amos.get("prayers/?cursor=x").fields == ["cursor"]
    assert amos.get("prayers/?limit=0").fields == ["limit"]


def test_the_list_of_a_box_holds_what_lies_in_it(ruth, amos):
    pray(ruth, title="Inside", latitude=10.0, longitude=10.0)
    pray(ruth, title="Edge", latitude=10.5, longitude=10.5)
    pray(ruth, title="Outside", latitude=10.51, longitude=10.5)
    pray(ruth, title="Nowhere", latitude=None, longitude=None)
    assert titles(amos, "?bbox=9.5,9.5,10.5,10.5") == ["Edge", "Inside"]
    assert len(titles(amos)) == 4
    assert amos.get("prayers/?bbox=1,2,3").fields == ["bbox"]


def test_a_box_goes_around_the_antimeridian(ruth):
    for title, longitude in (("West", 179.0), ("On it", 180.0), ("East", -179.0), ("Far", 0.0)):
        pray(ruth, title=title, latitude=-17.0, longitude=longitude)
    assert set(titles(ruth, "?bbox=178,-20,-178,-10")) == {"West", "On it", "East"}
    assert set(titles(ruth, "?bbox=178,-20,180,-10")) == {"West", "On it"}
    assert set(titles(ruth, "?bbox=-180,-20,-178,-10")) == {"On it", "East"}
    assert set(titles(ruth, "?bbox=-178,-20,178,-10")) == {"Far"}


def test_ones_own_prayers_are_found_the_anonymous_ones_too(ruth, amos):
    pray(ruth, title="Named")
    pray(ruth, title="Sealed", is_anonymous=True)
    pray(amos, title="Another's", is_anonymous=True)
    assert set(titles(ruth, "?mine=true")) == {"Named", "Sealed"}
    assert titles(amos, "?mine=true") == ["Another's"]
    assert len(titles(ruth, "?mine=false")) == 3
    page = ruth.ok("GET", "prayers/?mine=true&limit=1")
    assert len(ruth.ok("GET", page["next"])["results"]) == 1
    assert ruth.get("prayers/?mine=true&bbox=0,0,1,1").fields == ["bbox"]


def test_a_block_hides_named_prayers_from_the_lists_of_both_and_no_anonymous_one(ruth, amos):
    pray(ruth, title="Named")
    pray(ruth, title="Sealed", is_anonymous=True)
    pray(amos, title="His")
    ruth.blocks(amos)
    assert titles(amos) == ["His", "Sealed"] or titles(amos) == ["Sealed", "His"]
    assert set(titles(ruth)) == {"Named", "Sealed"}


def test_the_limits_hold(ruth, settings):
    settings.LIMITS = settings.LIMITS | {"prayers": "2/day", "responses": "1/day"}
    made = pray(ruth)
    pray(ruth)
    answer = try_pray(ruth)
    assert answer.refusal == (429, "rate_limited")
    assert int(answer.headers["Retry-After"]) > 0
    respond(ruth, made["id"])
    assert ruth.post(f"prayers/{made['id']}/responses/", {"content": "x"}).refusal == (429, "rate_limited")


@pytest.mark.parametrize("number", [1, 3])
def test_the_lists_take_the_same_number_of_statements_whatever_their_length(ruth, number):
    for _ in range(number):
        made = pray(ruth, is_anonymous=True)
    for _ in range(number):
        respond(ruth, made["id"])
    for path in (
        "prayers/",
        "prayers/?bbox=-180,-90,180,90",
        "prayers/?mine=true",
        f"prayers/{made['id']}/responses/",
    ):
        with CaptureQueriesContext(connection) as queries:
            assert len(ruth.ok("GET", path)["results"]) == number
        shown = [query["sql"] for query in queries if query["sql"] not in ("BEGIN", "COMMIT")]
        assert len(shown) == (7 if "responses" in path else 5), path
