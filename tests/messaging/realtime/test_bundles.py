"""A bundle leaves out what later frames of it replace, and says so."""

import json

from messaging.events import PersonEvent, RoomEvent
from messaging.realtime.bundles import Bundle


def event(text, *, rev=None, replaces="", conversation="c"):
    return RoomEvent(conversation, rev, json.dumps({"type": text}), replaces=replaces)


def bundle(*events):
    made = Bundle()
    for one in events:
        made.add(one.frame, one)
    return made


def taken(made):
    """(types of the frames, revs)."""
    data = json.loads(made.take())["data"]
    return [frame["type"] for frame in data["frames"]], data.get("revs")


def test_frames_come_in_the_order_in_which_they_happened():
    made = bundle(event("a", rev=1), event("b", rev=2), PersonEvent("p", '{"type":"c"}'))
    made.add('{"type":"d"}')
    assert len(made) == 4
    assert taken(made) == (["a", "b", "c", "d"], None)
    assert (len(made), made.size, made.take()) == (0, 0, None)


def test_newest_state_of_a_message_stays_and_the_rev_up_to_which_all_is_there():
    made = bundle(
        event("new", rev=4),
        event("edited", rev=5, replaces="message/1"),
        event("other", rev=6, replaces="message/2"),
        event("edited again", rev=7, replaces="message/1"),
        event("edited", rev=2, replaces="message/1", conversation="d"),
        event("later", rev=8),
    )
    assert taken(made) == (["new", "other", "edited again", "edited", "later"], {"c": [4, 8]})


def test_newest_receipt_of_each_member_stays():
    made = bundle(
        event("r1", replaces="receipt/m"),
        event("r1", replaces="receipt/n"),
        event("r2", replaces="receipt/m"),
        event("r3", replaces="receipt/m", conversation="d"),
    )
    assert taken(made) == (["r1", "r2", "r3"], None)


def test_size_counts_what_is_kept():
    made = bundle(event("long" * 50, replaces="receipt/m"))
    made.add('{"type":"x"}', event("x", replaces="receipt/m"))
    assert made.size == len('{"type":"x"}')
