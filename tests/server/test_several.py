"""Several processes on one port: all of them serve, one that dies is replaced, they end together."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.messaging.realtime.serving import ROOT, Server

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 2
#: What a person at the keyboard would wait.
PATIENCE_S = 40


@pytest.fixture(params=["daphne", "uvicorn"])
def server(request, tmp_path) -> Iterator[Server]:
    running = Server(request.param, tmp_path / "log", "--processes", str(COUNT))
    try:
        yield running.wait_until_ready()
    finally:
        running.stop()


def children(parent: int) -> set[int]:
    """Processes that the parent has started."""
    path = Path(f"/proc/{parent}/task/{parent}/children")
    return {int(pid) for pid in path.read_text().split()}


def serving(server: Server) -> set[int]:
    """Of the processes, those that hold connections; forty are opened, so that none is left out by chance (1 in 10**12)."""
    lines = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
    try:
        for line in lines:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            line.settimeout(PATIENCE_S)
            assert b" 200 " in line.recv(4096)
        ends = {f"{line.getsockname()[1]:04X}" for line in lines}
        return {pid for pid in children(server.process.pid) if ends & _remote_ports(pid, server.port)}
    finally:
        for line in lines:
            line.close()


def _remote_ports(pid: int, port: int) -> set[str]:
    """Ports of the clients whose connections this process holds, as /proc writes them."""
    held = _descriptors(pid)
    rows = [row.split() for row in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    mine = [row for row in rows if row[1].endswith(f":{port:04X}") and f"socket:[{row[9]}]" in held]
    return {row[2].rpartition(":")[2] for row in mine}


def _descriptors(pid: int) -> set[str]:
    """What the process has open. It goes on working meanwhile: what it has closed since it was listed is left out."""
    held = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            held.add(str(link.readlink()))
    return held


def wait_for(condition) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def test_all_serve_and_one_that_dies_is_replaced_and_they_end_together(server):
    wait_for(lambda: len(serving(server)) == COUNT)
    first, *_ = before = children(server.process.pid)
    time.sleep(max(0.0, 11 - _age(first)))  # one that dies as soon as it has begun isn't replaced
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(children(server.process.pid) - before) == 1)
    with urllib.request.urlopen(f"{server.http}/healthz", timeout=PATIENCE_S) as answer:
        assert json.load(answer) == {"status": "ok"}
    wait_for(lambda: len(serving(server)) == COUNT)
    assert "was killed by SIGKILL; it is started again" in server.log.read_text()
    running = children(server.process.pid)
    server.terminate()
    assert server.process.wait(PATIENCE_S) == 0
    assert [pid for pid in running if Path(f"/proc/{pid}").exists()] == []


def _age(pid: int) -> float:
    """Seconds since the process began."""
    began = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf(
        "SC_CLK_TCK"
    )
    return float(Path("/proc/uptime").read_text().split()[0]) - began


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prayermap.server", *arguments]
    return subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def test_a_taken_port_and_settings_that_are_unsafe_are_said_once_and_for_all():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("--port", str(taken.getsockname()[1]), "--processes", "2")
    assert (done.returncode, "can't be opened" in done.stderr) == (1, True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = run("--port", str(port), "--processes", "2", SECRET_KEY="short", DEBUG="0")
    assert (done.returncode, "as soon as it had begun" in done.stderr) == (1, True)
    assert "SECRET_KEY" in done.stderr


@pytest.mark.parametrize("count", ["0", "65", "two"])
def test_a_number_of_processes_that_cannot_be_is_refused(count):
    assert run("--processes", count).returncode == 2
