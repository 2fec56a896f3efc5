"""`map.watch` and `map.updated`: what happens on the map reaches every page on which that part of it is open."""

import asyncio
import json

import pytest
from channels.layers import get_channel_layer
from django.db import connections

from moderation.enums import DecisionKind
from moderation.models import Case
from moderation.services.deciding import undo_decision
from prayermap.lib.acting import acting_as_staff
from prayermap.lib.news import GROUP
from prayers.services.erasing import erase_line_ends, erase_prayers
from prayers.services.lines import hide_expired_lines
from tests.messaging.lines import owner
from tests.moderation.cases import decided
from tests.moderation.entering import make_person as make_staff
from tests.prayers.acts import NAIROBI, prayer

#: Two seconds is what is promised; a busy machine that also runs the tests gets four.
WITHIN_S = 4.0
NEAR, FAR, WORLD = [35, 31.5, 35.5, 32], [36, -2, 37, -1], [-180, -90, 180, 90]


async def watching(devices, person, box=WORLD, **more):
    device = await devices(person, **more)
    assert await device.ask("map.watch", {"bbox": box}) == {"type": "ok", "ref": 1}
    return device


async def told(device, is_it):
    """The first `map.updated` of which this is true."""
    frame = await device.until(
        lambda frame: frame["type"] == "map.updated" and is_it(frame["data"]), patience=WITHIN_S
    )
    return frame["data"]


async def shown(device, id_, **properties):
    """The feature with this id and these properties."""

    def found(data):
        return [
            one
            for one in data["features"]
            if one["id"] == id_ and properties.items() <= one["properties"].items()
        ]

    return found(await told(device, found))[0]


async def removed(device, id_):
    return await told(device, lambda data: id_ in data["removed"])


async def open_about(circle, person, made, **more):
    body = {"content": "Peace to you."} | more
    return (await circle.call(person, "POST", f"prayers/{made['id']}/conversation/", body))["id"]


async def in_thread(work):
    """As another process would, with connections of its own."""

    def run():
        try:
            return work()
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


async def test_all_that_happens_is_told_to_open_maps_as_rest_says_it(circle, devices, second, ruth, amos):
    ears = [await watching(devices, amos), await watching(devices, amos, NEAR, server=second)]
    blind = await devices(amos, server=second)
    made = await circle.call(ruth, "POST", "prayers/", prayer())
    for ear in ears:
        assert (await shown(ear, made["id"]))["properties"]["status"] == "open"
    await circle.call(amos, "POST", f"prayers/{made['id']}/responses/", {"kind": "prayed"})
    for ear in ears:
        await shown(ear, made["id"], prayed_count=1)
    room = await open_about(circle, amos, made, **NAIROBI)
    (line,) = owner("SELECT id::text FROM memorial_connection")
    for ear in ears:
        assert (await shown(ear, line.id))["geometry"]["coordinates"] == [[35.2, 31.71], [36.82, -1.29]]
    await circle.call(ruth, "POST", f"conversations/{room}/accept/", {})
    body = {"content": "It went well.", "is_answered": True}
    await circle.call(ruth, "POST", f"conversations/{room}/prayer-update/", body)
    view = await circle.call(amos, "GET", "map/")
    for ear in ears:
        newest = [await shown(ear, made["id"], status="answered")]
        newest.append(await shown(ear, line.id, expires_at=view["features"][1]["properties"]["expires_at"]))
        assert newest == view["features"]
    await circle.call(ruth, "DELETE", f"prayers/{made['id']}/")
    for ear in ears:
        assert await removed(ear, made["id"]) == {"features": [], "removed": [made["id"]]}
    await blind.quiet()
    assert blind.of("map.updated") == []


async def test_an_answer_over_the_socket_is_told(circle, devices, second, ruth, amos):
    made = await circle.call(ruth, "POST", "prayers/", prayer())
    room = await open_about(circle, amos, made)
    await circle.call(ruth, "POST", f"conversations/{room}/accept/", {})
    hers, ear = await devices(ruth), await watching(devices, amos, server=second)
    answer = {"type": "prayer_update", "content": "It went well.", "payload": {"is_answered": True}}
    assert (await hers.ask("message.send", {"conversation": room} | answer))["type"] == "ok"
    await shown(ear, made["id"], status="answered")


async def test_an_anonymous_prayer_is_told_without_its_author_and_to_the_hour(circle, devices, ruth, amos):
    ear = await watching(devices, amos)
    made = await circle.call(ruth, "POST", "prayers/", prayer(is_anonymous=True))
    feature = await shown(ear, made["id"], is_anonymous=True)
    assert feature["properties"]["created_at"].endswith(":00:00Z")
    room = await open_about(circle, amos, made)
    await circle.call(ruth, "POST", f"conversations/{room}/accept/", {})
    await circle.call(ruth, "PATCH", f"prayers/{made['id']}/", {"status": "answered"})
    feature = await shown(ear, made["id"], status="answered")
    assert feature["properties"]["answered_at"].endswith(":00:00Z")
    text = json.dumps(ear.of("map.updated"))
    assert not any(word in text for word in (ruth.id, ruth.name, amos.id, amos.name))


async def test_only_what_lies_in_the_box_is_told_and_what_leaves_it_is_removed(circle, devices, ruth, amos):
    near, far = await watching(devices, amos, NEAR), await watching(devices, amos, FAR)
    made = await circle.call(ruth, "POST", "prayers/", prayer())
    await shown(near, made["id"])
    await circle.call(ruth, "PATCH", f"prayers/{made['id']}/", NAIROBI)
    assert await removed(near, made["id"]) == {"features": [], "removed": [made["id"]]}
    await shown(far, made["id"])
    assert [data["removed"] for data in far.of("map.updated")] == [[]]
    assert await far.ask("map.watch", {"bbox": NEAR}) == {"type": "ok", "ref": 2}
    assert await near.ask("map.watch", {}) == {"type": "ok", "ref": 2}
    back = await circle.call(ruth, "POST", "prayers/", prayer())
    await shown(far, back["id"])
    assert len(near.of("map.updated")) == 2


async def test_what_has_no_place_is_never_told(circle, devices, ruth, amos):
    ear = await watching(devices, amos)
    made = await circle.call(ruth, "POST", "prayers/", prayer(latitude=None, longitude=None))
    await circle.call(amos, "POST", f"prayers/{made['id']}/responses/", {"kind": "prayed"})
    await open_about(circle, amos, made, **NAIROBI)
    await circle.call(ruth, "PATCH", f"prayers/{made['id']}/", {"status": "answered"})
    await ear.quiet(1.5)
    assert ear.of("map.updated") == []
    await circle.call(ruth, "PATCH", f"prayers/{made['id']}/", NAIROBI)
    frame = await told(ear, lambda data: len(data["features"]) == 2)
    assert {one["properties"]["type"] for one in frame["features"]} == {"prayer", "line"}
    await circle.call(ruth, "PATCH", f"prayers/{made['id']}/", {"latitude": None, "longitude": None})
    assert await removed(ear, made["id"]) == {"features": [], "removed": [made["id"]]}


async def test_what_moderators_hide_is_removed_and_comes_back_with_its_lines(circle, devices, ruth, amos):
    made = await circle.call(ruth, "POST", "prayers/", prayer(is_anonymous=True))
    await open_about(circle, amos, made)
    (line,) = owner("SELECT id::text FROM memorial_connection")
    ear = await watching(devices, amos)
    await circle.call(amos, "POST", f"prayers/{made['id']}/flag/", {"reason": "spam"})

    def hide():
        case = Case.objects.using("owner").latest("opened_at")
        return decided(make_staff("moderator"), case, DecisionKind.HIDE_PRAYER, statement="x")

    def show():
        with acting_as_staff(make_staff("moderator", "Micah")):
            undo_decision(decision_id=decision.pk, kind=decision.kind)

    decision = await in_thread(hide)
    assert await removed(ear, made["id"]) == {"features": [], "removed": [made["id"]]}
    await in_thread(show)
    frame = await told(ear, lambda data: data["features"])
    assert [one["id"] for one in frame["features"]] == sorted([line.id, made["id"]], reverse=True)


async def test_what_is_erased_is_removed_and_its_ends_with_it(circle, devices, ruth, amos):
    gone = await circle.call(ruth, "POST", "prayers/", prayer(is_anonymous=True))
    stays = await circle.call(ruth, "POST", "prayers/", prayer())
    await open_about(circle, amos, stays, **NAIROBI)
    (line,) = owner("SELECT id FROM memorial_connection")
    world, far = await watching(devices, amos), await watching(devices, amos, FAR)
    await in_thread(lambda: (erase_prayers([gone["id"]]), erase_line_ends([line.id])))
    await removed(world, gone["id"])
    assert (await shown(world, str(line.id)))["geometry"]["coordinates"] == [[35.2, 31.71], [35.2, 31.71]]
    assert await removed(far, str(line.id)) == {"features": [], "removed": sorted([gone["id"], str(line.id)])}


async def test_a_line_that_runs_out_is_removed(circle, devices, ruth, amos):
    made = await circle.call(ruth, "POST", "prayers/", prayer())
    await open_about(circle, amos, made)
    (line,) = owner("SELECT id::text FROM memorial_connection")
    ear = await watching(devices, amos)
    owner(
        "UPDATE memorial_connection SET created_at = created_at - interval '2 years', expires_at = hour_of(now())"
    )
    assert await in_thread(hide_expired_lines) == 1
    assert await removed(ear, line.id) == {"features": [], "removed": [line.id]}


async def test_a_quiet_client_gets_the_newest_of_each_with_its_batch(circle, devices, ruth, amos):
    ear, full = await watching(devices, amos), await watching(devices, amos)
    await ear.ask("client.state", {"network": "low"})
    made = await circle.call(ruth, "POST", "prayers/", prayer())
    for count in (1, 2):
        await circle.call(amos, "POST", f"prayers/{made['id']}/responses/", {"content": "With you."})
        await shown(full, made["id"], response_count=count)
    assert len(full.of("map.updated")) >= 2
    assert ear.of("map.updated") == []
    await ear.ask("client.state", {"network": "full"})
    (frame,) = (await ear.first("batch"))["data"]["frames"]
    assert [one["properties"]["response_count"] for one in frame["data"]["features"]] == [2]


async def test_after_lost_news_maps_load_anew(devices, second, amos):
    ears = [await watching(devices, amos), await watching(devices, amos, server=second)]
    for number in (1, 3):  # the second was lost
        message = {"type": "news", "origin": "another", "number": number, "items": []}
        await get_channel_layer().group_send(GROUP, message)
    for ear in ears:
        assert await told(ear, lambda data: "reload" in data) == {
            "features": [],
            "removed": [],
            "reload": True,
        }


@pytest.mark.parametrize("box", [[1, 2, 3], [0, 10, 5, -10], [0, 0, 400, 1], ["0", "0", "1", "1"], "0,0,1,1"])
async def test_what_is_no_box_is_refused(box, devices, amos):
    device = await devices(amos)
    answer = await device.ask("map.watch", {"bbox": box})
    assert (answer["type"], answer["data"]["code"]) == ("error", "invalid")


@pytest.mark.parametrize("lowered", [{"LIMIT_MAP": "3/minute"}], indirect=True)
async def test_watching_is_limited(devices, amos):
    device = await devices(amos)
    answers = [await device.ask("map.watch", {"bbox": NEAR}) for _ in range(4)]
    assert [answer["type"] for answer in answers] == ["ok", "ok", "ok", "error"]
    assert answers[3]["data"]["code"] == "rate_limited"
    assert answers[3]["data"]["retry_after_ms"] > 0
