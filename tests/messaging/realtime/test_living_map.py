"""What waits for one socket of the map: the newest of each, bounded, in no order that tells of time."""

import json

from messaging.realtime.living_map import MOST_GATHERED, MOST_HELD, Shown, Told, Watch, _Gathered
from prayers.events import MapChanged
from prayers.places import WORLD, box_of

INSIDE, OUTSIDE = (3171, 3520), (-129, 3682)


def feature(id_, *places, prayer="", has_left=False, text=""):
    return Shown(id_, json.dumps({"id": id_, "text": text}), places or (INSIDE,), prayer, has_left)


def watch(box=(35, 31, 36, 32)):
    return Watch(box_of(box))


def data(watch):
    taken = watch.take()
    return taken and json.loads(taken)["data"]


def test_the_newest_of_each_waits_in_the_order_of_ids():
    one = watch()
    one.add(Told([], [feature("b"), feature("c")]))
    one.add(Told([], [feature("a"), feature("b", text="new")]))
    assert data(one) == {
        "features": [{"id": "c", "text": ""}, {"id": "b", "text": "new"}, {"id": "a", "text": ""}],
        "removed": [],
    }
    assert one.take() is None


def test_what_lies_outside_is_not_told_and_what_went_there_is_removed():
    one = watch()
    one.add(Told([], [feature("away", OUTSIDE), feature("moved", OUTSIDE, has_left=True)]))
    one.add(Told([], [feature("line", OUTSIDE, INSIDE)]))
    assert data(one) == {"features": [{"id": "line", "text": ""}], "removed": ["moved"]}


def test_a_removed_prayer_takes_its_waiting_lines_along():
    one = watch()
    one.add(Told([], [feature("p"), feature("l", prayer="p"), feature("m", prayer="q")]))
    one.add(Told(["p"], []))
    assert data(one) == {"features": [{"id": "m", "text": ""}], "removed": ["p"]}


def test_what_comes_back_is_not_removed():
    one = watch()
    one.add(Told(["p"], []))
    one.add(Told([], [feature("p")]))
    assert data(one) == {"features": [{"id": "p", "text": ""}], "removed": []}


def test_too_much_is_a_reload_and_then_goes_on():
    one = Watch(WORLD)
    one.add(Told([], [feature(str(number)) for number in range(MOST_HELD)]))
    one.add(Told([str(MOST_HELD)], []))
    one.add(Told([], [feature("later")]))
    assert data(one) == {"features": [], "removed": [], "reload": True}
    one.add(Told([], [feature("after")]))
    assert data(one) == {"features": [{"id": "after", "text": ""}], "removed": []}


def test_news_that_gathers_is_bounded():
    gathered = _Gathered()
    assert not gathered
    gathered.add(MapChanged([str(number) for number in range(MOST_GATHERED)], with_lines=True))
    assert (len(gathered.prayers), gathered.is_too_much) == (MOST_GATHERED, False)
    gathered.add(MapChanged(lines=["line"]))
    assert (gathered.prayers, gathered.lines_of, gathered.is_too_much, bool(gathered)) == ({}, {}, True, True)


def test_that_something_left_is_not_forgotten():
    gathered = _Gathered()
    for event in (MapChanged(["p"], has_left=True), MapChanged(["p"]), MapChanged(lines=["l"])):
        gathered.add(event)
    assert (gathered.prayers, gathered.lines) == ({"p": True}, {"l": False})
