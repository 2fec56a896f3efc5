"""Two workers that are killed at random send each message once, each device's in their order.

QUEUE_ITEMS=10000 asks the same of ten thousand.
"""

import os
import random
import subprocess
import sys
import time

import pytest

from prayermap.lib.ids import uuid7
from tests.messaging.actors import actor
from tests.messaging.lines import owner
from tests.messaging.queueing import item, queued
from tests.messaging.realtime.serving import ROOT, environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]

ITEMS = int(os.environ.get("QUEUE_ITEMS", "1500"))
DEVICES, EACH = 5, 100  # a person may have 500 waiting
LEASE_SECONDS = 1.0


def start_worker() -> subprocess.Popen[bytes]:
    settings = environment(QUEUE_LEASE_SECONDS=str(LEASE_SECONDS), LOG_LEVEL="ERROR")
    command = [sys.executable, "manage.py", "process_queue"]
    return subprocess.Popen(command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL)


def fill() -> int:
    """Every device of everybody writes `EACH` messages, taking turns between two groups; how many in all."""
    people = [actor(f"P{number}") for number in range(max(2, ITEMS // (DEVICES * EACH)))]
    rooms = [people[0].group(*people[1:]) for _ in range(2)]
    for person in people:
        for device in range(DEVICES):
            name = f"{person.name}/{device}"
            texts = [f"{name}/{number}" for number in range(EACH)]
            items = [
                item(rooms[number % 2], text, client_id=str(uuid7())) for number, text in enumerate(texts)
            ]
            queued(person, *items, device=name)
    return len(people) * DEVICES * EACH


def left() -> int:
    (row,) = owner("SELECT count(*) AS open FROM message_queue WHERE finished_at IS NULL")
    return row.open


def test_two_workers_killed_at_random_send_everything_once_and_in_order():
    written = fill()
    dice = random.Random(7)
    workers = [start_worker(), start_worker()]
    killed, end = 0, time.monotonic() + 600
    try:
        while left():
            assert time.monotonic() < end, f"{left()} of {written} are still open"
            # A worker needs two seconds to start; some die before that, most in the middle of their work.
            time.sleep(dice.uniform(0.5, 5))
            victim = dice.randrange(2)
            workers[victim].kill()
            workers[victim].wait()
            killed += 1
            workers[victim] = start_worker()
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    check_each_once_and_in_order(written)
    print(f"{written} messages, {killed} workers killed")
    assert killed >= 2


def check_each_once_and_in_order(written: int) -> None:
    rows = owner("SELECT conversation_id, content FROM message ORDER BY conversation_id, seq")
    assert len(rows) == written
    assert len({row.content for row in rows}) == written
    lanes: dict[tuple[object, str], list[int]] = {}
    for row in rows:
        device, _, number = row.content.rpartition("/")
        lanes.setdefault((row.conversation_id, device), []).append(int(number))
    assert {str(numbers == sorted(numbers)) for numbers in lanes.values()} == {"True"}
    states = owner("SELECT state, count(*) AS n FROM message_queue GROUP BY state")
    assert [(row.state, row.n) for row in states] == [("sent", written)]
    assert owner("SELECT count(*) AS n FROM message_queue WHERE request IS NOT NULL")[0].n == 0
