"""Who is typing."""

import time

import pytest

from messaging.services import typing
from prayermap.lib.ids import datetime_of_ms

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(ruth, amos, lydia):
    return ruth.group(amos, lydia)


def types(person, room, *, is_typing=True):
    return person.post(f"conversations/{room}/typing/", {"is_typing": is_typing})


def typists(person, room):
    return [member["name"] for member in person.ok("GET", f"conversations/{room}/typing/")["members"]]


def test_others_see_who_types_and_until_when(ruth, amos, room):
    began = time.time()
    assert types(ruth, room).status == 204
    (shown,) = amos.ok("GET", f"conversations/{room}/typing/")["members"]
    assert (shown["id"], shown["name"]) == (ruth.member_id(room), "Ruth")
    low, high = (datetime_of_ms(int((moment + 10) * 1000)).isoformat() for moment in (began, time.time()))
    assert low[:23] <= shown["expires_at"].replace("Z", "")[:23] <= high[:23]
    assert typists(ruth, room) == []


def test_typing_ends_when_told_when_sent_and_by_itself(ruth, amos, room, monkeypatch):
    types(ruth, room)
    types(ruth, room, is_typing=False)
    assert typists(amos, room) == []
    types(ruth, room)
    ruth.say(room)
    assert typists(amos, room) == []
    monkeypatch.setattr(typing, "TYPING_MS", 50)
    types(ruth, room)
    time.sleep(0.1)
    assert typists(amos, room) == []


def test_an_anonymous_send_neither_ends_nor_starts_typing(ruth, amos, room):
    types(ruth, room)
    ruth.say(room, is_anonymous=True)
    assert typists(amos, room) == ["Ruth"]


def test_a_block_either_way_hides_typing(ruth, amos, lydia, room):
    types(ruth, room)
    types(amos, room)
    amos.blocks(ruth)
    assert (typists(ruth, room), typists(amos, room), sorted(typists(lydia, room))) == (
        [],
        [],
        ["Amos", "Ruth"],
    )


def test_who_left_types_no_longer(ruth, amos, room):
    types(ruth, room)
    ruth.ok("DELETE", f"conversations/{room}/members/{ruth.member_id(room)}/")
    assert typists(amos, room) == []


@pytest.mark.parametrize("body", [{}, {"is_typing": 1}, {"is_typing": None}, {"is_typing": True, "x": 1}, []])
def test_typing_that_cannot_be_is_400(ruth, room, body):
    assert ruth.post(f"conversations/{room}/typing/", body).refusal == (400, "invalid")


def test_typing_is_for_active_members(ruth, naomi, room):
    assert (
        types(naomi, room).refusal == naomi.get(f"conversations/{room}/typing/").refusal == (404, "not_found")
    )
    ruth.ok("POST", f"conversations/{room}/members/", {"user": naomi.id})
    assert types(naomi, room).refusal == (403, "forbidden")
    assert naomi.get(f"conversations/{room}/typing/").refusal == (404, "not_found")
