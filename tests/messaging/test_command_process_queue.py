"""`manage.py process_queue`, and the worker's task."""

import json
import subprocess
import sys

import pytest

from messaging.tasks import send_queued
from tests.messaging.lines import owner
from tests.messaging.queueing import item, queued, states, texts
from tests.messaging.realtime.serving import ROOT, environment

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "process_queue", *arguments],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_once_sends_what_is_due_and_says_what_it_did(ruth, amos):
    room = ruth.direct(amos)
    queued(ruth, item(room, "one"), item(room, "two"), item(room, "no such seq", reply_to=9))
    done = run("--once", "--json", HTTPS="1")  # without it there is a warning
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"sent": 2, "failed": 1, "postponed": 0}
    assert texts(amos, room) == ["one", "two"]
    again = run("--once")
    assert (again.returncode, again.stdout) == (0, "0 sent, 0 failed, 0 postponed.\n")


def test_help_has_an_example_and_wrong_use_is_2():
    assert "manage.py process_queue --once --json" in " ".join(run("--help").stdout.split())
    assert run("--twice").returncode == 2


def test_without_postgresql_it_fails_with_1():
    done = run("--once", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert done.returncode == 1


def test_queueing_what_is_due_asks_the_worker_once(ruth, amos):
    room = ruth.direct(amos)
    queued(ruth, item(room, "one"))
    queued(ruth, item(room, "two"))
    jobs = owner("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")
    assert [row.task_name for row in jobs] == ["messaging.tasks.send_queued"]
    send_queued(timestamp=0)
    assert states(ruth) == [(None, "sent", None)] * 2
