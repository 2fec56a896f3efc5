"""Two devices, two requests at once, the same request again: one result."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from tests.messaging.actors import Actor, actor, new_id
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*requests):
    """Each (device, method, path, body) on a thread of its own, started together; the answers."""
    gate = Barrier(len(requests))

    def run(device, method, path, body):
        try:
            gate.wait(10)
            return device.call(method, path, body)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as pool:
        return [job.result(timeout=30) for job in [pool.submit(run, *request) for request in requests]]


def device_of(person: Actor) -> Actor:
    """Another device of the same person, signed in before the race."""
    other = Actor(person.user)
    assert other.headers
    return other


def test_one_request_on_its_way_twice_makes_one_group(ruth, amos):
    body = {"kind": "group_prayer", "title": "Once", "members": [amos.id], "client_id": new_id()}
    answers = at_once(*((device_of(ruth), "POST", "conversations/", body) for _ in range(4)))
    assert Counter(answer.status for answer in answers) == {201: 1, 200: 3}
    assert len({answer.body["id"] for answer in answers}) == 1
    assert Counter(answer.body["duplicate"] for answer in answers) == {False: 1, True: 3}


def test_both_of_a_pair_at_once_get_the_same_conversation(ruth, amos):
    assert ruth.headers
    assert amos.headers
    for _ in range(5):
        first, second = actor(), actor()
        bodies = [{"kind": "direct_message", "members": [who.id]} for who in (second, first)]
        answers = at_once(
            (device_of(first), "POST", "conversations/", bodies[0]),
            (device_of(second), "POST", "conversations/", bodies[1]),
        )
        assert sorted(answer.status for answer in answers) == [200, 201]
        assert len({answer.body["id"] for answer in answers}) == 1
        states = [who.see(answers[0].body["id"])["my_member"]["state"] for who in (first, second)]
        assert states == ["active", "active"]  # opening what one is invited to accepts it


def test_leaving_on_two_devices_at_once_is_one_departure(ruth, amos):
    room = ruth.group(amos)
    path = f"conversations/{room}/members/{amos.member_id(room)}/"
    answers = at_once(*((device_of(amos), "DELETE", path, None) for _ in range(4)))
    assert Counter(answer.status for answer in answers) == {204: 1, 404: 3}
    assert ruth.see(room)["member_count"] == 1


def test_marks_and_settings_of_two_devices_never_wait_for_each_other(ruth, amos):
    room = ruth.direct(amos)
    for number in range(40):
        ruth.say(room, str(number))
    settings = [
        (device_of(amos), "PATCH", f"conversations/{room}/me/", {"pinned": bool(n % 2)}) for n in range(8)
    ]
    for start in range(0, 40, 8):
        marks = [
            (device_of(amos), "POST", f"conversations/{room}/receipts/", {"read": start + n + 1})
            for n in range(8)
        ]
        assert {answer.status for answer in at_once(*marks, *settings)} == {200}
    assert owner("SELECT read_seq FROM participant WHERE user_id = %s", amos.id) == [(40,)]
