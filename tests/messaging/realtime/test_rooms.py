"""Events of a room leave in the order of `rev`, each once, whatever order they come in."""

import random

from hypothesis import given
from hypothesis import strategies as st

from messaging.events import RoomEvent
from messaging.realtime.rooms import MAX_HELD, Room


def event(rev: int | None) -> RoomEvent:
    return RoomEvent(conversation="c", rev=rev, frame=f"{rev}")


def revs(events) -> list[int | None]:
    return [one.rev for one in events]


@given(st.integers(0, 5), st.permutations(range(1, 12)))
def test_events_leave_in_order_and_once_for_every_order_of_arrival(start, arrival):
    room = Room("c")
    left = []
    for place, rev in enumerate(arrival):
        if place == 3:
            left += room.start_at(start)
        left += room.take(event(rev))
        left += room.take(event(rev))
    assert revs(left) == list(range(start + 1, 12))
    assert not room.has_gap


def test_nothing_leaves_before_the_position_is_known():
    room = Room("c")
    assert room.take(event(6)) == room.take(event(5)) == []
    assert revs(room.start_at(4)) == [5, 6]


def test_later_event_is_held_until_the_gap_is_filled():
    room = Room("c")
    room.start_at(4)
    assert room.take(event(7)) == []
    assert room.has_gap
    assert revs(room.take(event(5))) == [5]
    assert revs(room.skip_to(6)) == [7]
    assert not room.has_gap


def test_older_event_never_follows_a_newer():
    room = Room("c")
    room.start_at(4)
    room.skip_to(10)
    assert room.take(event(6)) == room.take(event(10)) == []
    assert revs(room.take(event(11))) == [11]


def test_second_reading_of_the_position_moves_nothing_back():
    room = Room("c")
    room.start_at(4)
    assert revs(room.take(event(5))) == [5]
    assert room.start_at(3) == []
    assert room.take(event(5)) == []


def test_room_says_when_too_much_is_held():
    room = Room("c")
    room.start_at(0)
    later = list(range(2, MAX_HELD + 4))
    random.Random(1).shuffle(later)
    for rev in later:
        assert room.take(event(rev)) == []
    assert room.is_overfull
    assert revs(room.take(event(1))) == list(range(1, MAX_HELD + 4))
    assert not room.is_overfull
