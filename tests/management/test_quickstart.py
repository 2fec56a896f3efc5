"""`manage.py quickstart`, the whole of it: a real start, a real end. Each start takes a few seconds."""

import contextlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from prayermap.embedded.launcher import EmbeddedServers
from prayermap.embedded.processes import command_line

ROOT = Path(__file__).parents[2]
READY_SECONDS = 90


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class Run:
    """One `quickstart`, whose lines are collected while it runs."""

    def __init__(self, data_dir: Path, port: int, *arguments: str, **settings: str) -> None:
        self.data_dir, self.port = data_dir, port
        self.lines: list[str] = []
        self._queue: queue.Queue[str] = queue.Queue()
        dropped = {
            "DATABASE_URL",
            "DATABASE_OWNER_URL",
            "REDIS_URL",
            "PRAYERMAP_TESTING",
            "ALLOWED_HOSTS",
            "HTTPS",
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "quickstart", "--port", str(port), *arguments],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name not in dropped}
            | {
                "DJANGO_SETTINGS_MODULE": "prayermap.settings",
                "PRAYERMAP_DATA": str(data_dir),
                "DEBUG": "1",
                "SECRET_KEY": "quickstart-under-test-" + "a1b2c3d4" * 5,
            }
            | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            self._queue.put(line)
        self.process.stdout.close()

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, text: str, *, times: int = 1) -> None:
        end = time.monotonic() + READY_SECONDS
        while sum(text in line for line in list(self.lines)) < times:
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError(f"no {text!r} in:\n{self.said}")
            time.sleep(0.05)

    def wait_until_ready(self) -> None:
        self.wait_for(f"PrayerMap is ready at http://127.0.0.1:{self.port}/")

    def children(self) -> dict[str, int]:
        found = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == self.process.pid:
                    name = "worker" if "worker" in command_line(int(entry.name)) else "server"
                    found[name] = int(entry.name)
        return found

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="prayermap-quickstart-"))
    directory.chmod(0o755)
    yield directory
    EmbeddedServers(directory).stop(even_if_used=True)
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., Run]]:
    """Starts runs on one data directory; a failed test leaves none of them behind."""
    runs: list[Run] = []

    def begin(port: int, *arguments: str, **settings: str) -> Run:
        runs.append(Run(data_dir, port, *arguments, **settings))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()


def processes_with(text: str) -> list[int]:
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [number for number in numbers if any(text in part for part in command_line(number))]


def test_with_json_each_line_is_an_object_and_ready_has_the_address(start):
    run = start(free_port(), "--json", "--no-worker")
    run.wait_for('"ready"')
    first, *_, last = (json.loads(line) for line in run.lines)
    assert first == {"step": "data", "text": str(run.data_dir)}
    assert (last["step"], last["address"]) == ("ready", f"http://127.0.0.1:{run.port}/")
    assert run.end() == 0
    assert {json.loads(line)["step"] for line in run.lines} >= {
        "servers",
        "migrations",
        "partitions",
        "ready",
        "stop",
    }


def test_first_start_second_start_and_no_process_left(data_dir, start):
    run = start(free_port())
    run.wait_until_ready()
    assert "demo  " in run.said
    with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/readyz", timeout=5) as answer:
        assert answer.status == 200
    pids = list(run.children().values())
    assert len(pids) == 2
    assert run.end() == 0, run.said
    assert [command_line(pid) for pid in pids] == [[], []]
    assert processes_with(str(data_dir)) == []

    again = start(free_port(), DEBUG="0", ALLOWED_HOSTS=".prayers.example.org")
    again.wait_until_ready()
    assert "up to date" in again.said
    assert "demo  " not in again.said
    assert again.end() == 0
    assert "Traceback" not in run.said + again.said


def test_killed_parent_takes_its_children_along_and_the_next_start_adopts_the_servers(data_dir, start):
    run = start(free_port(), "--no-worker")
    run.wait_until_ready()
    run.process.kill()
    run.process.wait(10)
    again = start(run.port, "--no-worker")
    again.wait_until_ready()
    assert "PostgreSQL 18" in again.said
    assert " adopted" in again.said
    assert again.end() == 0
    assert processes_with(str(data_dir)) == []


def test_crashed_child_is_reported_and_ends_the_run_with_1(data_dir, start):
    run = start(free_port())
    run.wait_until_ready()
    os.kill(run.children()["worker"], signal.SIGKILL)
    assert run.process.wait(60) == 1
    assert "the background worker was killed by SIGKILL" in run.said
    assert processes_with(str(data_dir)) == []


def test_killed_postgres_is_started_again_under_a_running_server(data_dir, start):
    run = start(free_port(), "--no-worker")
    run.wait_until_ready()
    servers = EmbeddedServers(data_dir)
    postmaster = servers.running()["postgres"]
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    run.wait_for("PostgreSQL", times=2)
    assert servers.running()["postgres"] not in (None, postmaster)
    with psycopg.connect(servers.addresses.database_owner_url) as owner:
        assert owner.execute("SELECT count(*) > 0 FROM django_migrations").fetchone() == (True,)
    assert run.end() == 0


def test_taken_port_is_refused_in_a_sentence(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = start(taken.getsockname()[1])
        run.wait_for("is taken; waiting")
        assert run.end() == 0
