"""GET /map/: what is on the Living Map, the same for everybody."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from prayers.models import Prayer
from tests.messaging.lines import owner
from tests.prayers.acts import NAIROBI, lines, open_about, pray, respond

pytestmark = pytest.mark.django_db(transaction=True)
CITY = "35,31.5,35.5,32"


def features(person, query="", kind="prayer"):
    found = person.ok("GET", f"map/{query}")["features"]
    return [one for one in found if one["properties"]["type"] == kind]


def fill(author, count, latitude=3170, longitude=3520, spread=1):
    """So many prayers, each step of the spread to the east of the one before."""
    moment = datetime.now(UTC)
    owner(
        "INSERT INTO prayer (id, author_id, is_anonymous, kind, title, body, grid_latitude, grid_longitude, place_name, status,"
        " response_count, prayed_count, is_hidden, created_at, changed_at)"
        " SELECT gen_random_uuid(), %s, false, 'request', 'P', 'P', %s, %s + (n * %s) %% 40, '', 'open', 0, 0, false, %s, %s"
        " FROM generate_series(1, %s) n",
        author.id, latitude, longitude, spread, moment, moment, count,
    )  # fmt: skip


def test_a_prayer_is_a_point_that_names_nobody(ruth, amos):
    made = pray(ruth, is_anonymous=True, place_name="Bethlehem")
    pray(ruth, latitude=None, longitude=None)
    (found,) = features(amos)
    assert found == {
        "type": "Feature",
        "id": made["id"],
        "geometry": {"type": "Point", "coordinates": [35.2, 31.71]},
        "properties": {
            "type": "prayer", "is_anonymous": True, "kind": "request", "title": made["title"],
            "place_name": "Bethlehem", "status": "open", "answered_at": None, "response_count": 0, "prayed_count": 0,
            "created_at": made["created_at"],
        },
    }  # fmt: skip


def test_the_answer_is_a_feature_collection(ruth):
    now = datetime.now(UTC)
    answer = ruth.get(f"map/?bbox={CITY}")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store")
    at = datetime.fromisoformat(answer.body.pop("server_time"))
    assert abs(at - now) < timedelta(minutes=5)
    whole = {
        "type": "FeatureCollection",
        "bbox": [35.0, 31.5, 35.5, 32.0],
        "features": [],
        "is_complete": True,
    }
    assert answer.body == whole


def test_a_line_is_a_pair_of_ends_that_names_nobody(ruth, amos, lydia):
    made = pray(ruth, is_anonymous=True)
    open_about(amos, made["id"], **NAIROBI, is_anonymous=True)
    open_about(lydia, made["id"])
    drawn = {str(line.id): line for line in lines()}
    seen = features(lydia, kind="line")
    assert sorted(one["id"] for one in seen) == sorted(drawn)
    ends = sorted(one["geometry"]["coordinates"] for one in seen)
    assert ends == [[[35.2, 31.71], [35.2, 31.71]], [[35.2, 31.71], [36.82, -1.29]]]
    assert {one["geometry"]["type"] for one in seen} == {"LineString"}
    for one in seen:
        assert set(one["properties"]) == {"type", "prayer", "created_at", "expires_at"}
        assert one["properties"]["created_at"].endswith(":00:00Z")
    text = json.dumps(lydia.ok("GET", "map/"))
    assert not any(secret in text for person in (ruth, amos, lydia) for secret in (person.id, person.name))


def test_a_box_holds_what_lies_in_it(ruth, amos):
    near, far = pray(ruth), pray(ruth, **NAIROBI)
    open_about(amos, near["id"], **NAIROBI)
    edge = pray(ruth, latitude=0, longitude=179.999)
    assert [one["id"] for one in features(amos, f"?bbox={CITY}")] == [near["id"]]
    assert [one["id"] for one in features(amos, "?bbox=36,-2,37,-1")] == [far["id"]]
    assert [one["id"] for one in features(amos, "?bbox=179,-1,-179,1")] == [edge["id"]]
    assert features(amos, "?bbox=35.22,31.7,35.3,31.72") == []  # a hundredth beside it
    for box in (CITY, "36,-2,37,-1"):  # either end
        assert len(features(amos, f"?bbox={box}", "line")) == 1
    assert features(amos, "?bbox=179,-1,-179,1", "line") == []


def test_everybody_sees_the_same(ruth, amos, lydia):
    made = pray(ruth)
    open_about(lydia, made["id"])
    ruth.ok("POST", "me/blocks/", {"user": amos.id})
    views = [person.ok("GET", "map/") for person in (ruth, amos, lydia)]
    assert [view["features"] for view in views] == [views[0]["features"]] * 3
    assert len(views[0]["features"]) == 2


def test_what_is_hidden_deleted_or_run_out_is_gone_with_its_lines(ruth, amos):
    made = {name: pray(ruth, title=name) for name in ("hidden", "deleted", "moved away", "run out", "there")}
    for one in made.values():
        open_about(amos, one["id"])
    owner("UPDATE prayer SET is_hidden = true WHERE id = %s", made["hidden"]["id"])
    ruth.ok("DELETE", f"prayers/{made['deleted']['id']}/")
    ruth.ok("PATCH", f"prayers/{made['moved away']['id']}/", {"latitude": None, "longitude": None})
    owner(
        "UPDATE memorial_connection SET created_at = created_at - interval '2 years',"
        " expires_at = hour_of(now()) WHERE prayer_id = %s",
        made["run out"]["id"],
    )
    for query in ("", f"?bbox={CITY}", "?since=2026-01-01T00:00:00Z"):
        assert {one["properties"]["title"] for one in features(amos, query)} == {"run out", "there"}
        assert [one["properties"]["prayer"] for one in features(amos, query, "line")] == [made["there"]["id"]]


def test_since_tells_what_came_or_changed(ruth, amos, lydia):
    old, answered, fresh = pray(ruth), pray(ruth), pray(ruth, is_anonymous=True)
    open_about(lydia, old["id"])
    open_about(lydia, answered["id"])
    Prayer.objects.using("owner").filter(pk__in=[old["id"], answered["id"]]).update(
        changed_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    owner(
        "UPDATE memorial_connection SET created_at = created_at - interval '90 days', changed_at = changed_at"
        " - interval '90 days'"
    )
    since = f"?since={datetime.now(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}"
    # What is anonymous is known to the hour, so the whole hour is told.
    assert [one["id"] for one in features(amos, since)] == [fresh["id"]]
    ruth.ok("PATCH", f"prayers/{answered['id']}/", {"status": "answered"})
    assert {one["id"] for one in features(amos, since)} == {answered["id"], fresh["id"]}
    assert [one["properties"]["prayer"] for one in features(amos, since, "line")] == [answered["id"]]
    assert len(features(amos, "?since=2025-01-01T00:00:00Z")) == 3
    assert features(amos, f"{since}&bbox=0,0,1,1") == []


def test_many_come_in_clusters_that_open_as_one_looks_closer(ruth):
    fill(ruth, 600, spread=1)
    fill(ruth, 1, latitude=5150, longitude=-12, spread=0)
    clusters, alone = features(ruth, kind="cluster"), features(ruth)
    assert sum(one["properties"]["count"] for one in clusters) == 600
    assert all(one["properties"]["is_exact"] for one in clusters)
    assert len(alone) == 1
    for one in clusters:
        west, south, east, north = one["properties"]["bbox"]
        longitude, latitude = one["geometry"]["coordinates"]
        assert west <= longitude <= east
        assert south <= latitude <= north
    box = ",".join(map(str, clusters[0]["properties"]["bbox"]))
    assert (
        len(features(ruth, f"?bbox={box}"))
        + sum(one["properties"]["count"] for one in features(ruth, f"?bbox={box}", "cluster"))
        >= clusters[0]["properties"]["count"]
    )


def test_more_than_a_thousand_in_a_square_are_not_counted(ruth):
    fill(ruth, 1_100, spread=0)
    (one,) = features(ruth, f"?bbox={CITY}", "cluster")
    assert (one["properties"]["count"], one["properties"]["is_exact"]) == (1_000, False)
    assert one["geometry"]["coordinates"] == [35.2, 31.7]


def test_too_many_lines_are_thinned_and_said_to_be(ruth, amos):
    made = pray(ruth)
    open_about(amos, made["id"])
    owner(
        "INSERT INTO memorial_connection (id, prayer_id, from_latitude, from_longitude, to_latitude, to_longitude,"
        " is_shown, created_at, expires_at, changed_at)"
        " SELECT (left(c.id::text, 24) || lpad(to_hex(n), 12, '0'))::uuid, c.prayer_id, c.from_latitude,"
        " c.from_longitude, 0, n % 9, true, c.created_at, c.expires_at, c.changed_at"
        " FROM memorial_connection c, generate_series(1, 600) n"
    )
    for query in ("", "?since=2025-01-01T00:00:00Z", f"?bbox={CITY}"):
        view = ruth.ok("GET", f"map/{query}")
        assert view["is_complete"] is False
        drawn = [one for one in view["features"] if one["properties"]["type"] == "line"]
        assert 250 <= len(drawn) <= 500


@pytest.mark.parametrize(
    ("query", "field"),
    [("bbox=1,2,3", "bbox"), ("bbox=0,10,5,-10", "bbox"), ("bbox=0,0,400,1", "bbox"), ("bbox=a,b,c,d", "bbox"),
     ("since=yesterday", "since"), ("since=2026-01-01T00:00:00", "since"), ("since=", "since"), ("since=%00", "since")],
)  # fmt: skip
def test_what_is_wrong_is_named(query, field, ruth):
    answer = ruth.get(f"map/?{query}")
    assert (answer.refusal, answer.fields) == ((400, "invalid"), [field])


def test_looks_are_limited(ruth, settings):
    settings.LIMITS = settings.LIMITS | {"map": "2/minute"}
    assert [ruth.get("map/").status for _ in range(3)] == [200, 200, 429]


def test_statements_do_not_grow_with_what_is_found(ruth, amos, django_assert_num_queries):
    for number in (1, 3):
        for _ in range(number):
            respond(amos, pray(ruth)["id"])
            open_about(amos, pray(ruth)["id"])
        with django_assert_num_queries(9):  # five of the map, four of who asks
            ruth.ok("GET", "map/")
