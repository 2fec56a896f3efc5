"""Real server processes on the tests' own database and Valkey."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings
from django.db import connections

from prayermap.embedded import addresses

ROOT = Path(__file__).parents[3]
READY_SECONDS = 40
#: What protects one server from one person's flood; tests of these limits set them themselves.
RAISED = {
    "MESSAGES_PER_SECOND": "100000",
    "MESSAGES_BURST": "100000",
    "FRAMES_PER_SECOND": "100000",
    "FRAMES_BURST": "100000",
    "INVITATIONS_PER_DAY": "0",
    "INVITATIONS_PER_DAY_NEW": "0",
    "LIMIT_TICKETS": "100000/minute",
    "LIMIT_CONVERSATIONS": "100000/day",
    "REQUESTS_PER_SECOND": "100000",
    "REQUESTS_BURST": "100000",
    "SOCKET_ORIGINS": "https://app.example",
}


class Server:
    """A process that serves until `stop()`. Settings are environment variables."""

    def __init__(self, kind: str, log: Path, *arguments: str, **settings_: str) -> None:
        self.kind, self.log = kind, log
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.http = f"http://127.0.0.1:{self.port}"
        self.address = f"ws://127.0.0.1:{self.port}/ws/v1/"
        command = [sys.executable, "-m", "prayermap.server", "--port", str(self.port), "--server", kind]
        command += arguments
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(**settings_),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )

    def wait_until_ready(self) -> "Server":
        end = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            assert self.process.poll() is None, f"The server did not start:\n{self.log.read_text()[-3_000:]}"
            assert time.monotonic() < end, f"The server is not ready:\n{self.log.read_text()[-3_000:]}"
            time.sleep(0.05)
        return self

    def megabytes(self) -> int:
        """Its resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) // 1024

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.http}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


class Servers:
    """Each combination of kind and settings is started once and shared."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._running: dict[tuple[object, ...], Server] = {}

    def get(self, kind: str, *, copy: int = 0, **settings_: str) -> Server:
        """A running server; another `copy` is another process with the same settings."""
        key = (kind, copy, *sorted(settings_.items()))
        if key not in self._running or self._running[key].process.poll() is not None:
            self._running[key] = self.start(kind, **settings_)
        return self._running[key].wait_until_ready()

    def start(self, kind: str, **settings_: str) -> Server:
        """One of a test's own, that may be killed."""
        return Server(kind, self.directory / f"{kind}-{time.monotonic_ns()}.log", **settings_)

    def stop(self) -> None:
        for server in self._running.values():
            server.terminate()
        for server in self._running.values():
            server.stop()


def environment(**settings_: str) -> dict[str, str]:
    """As in production, but on the database that this test run made."""
    embedded = addresses(Path(os.environ["PRAYERMAP_DATA"]))
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "prayermap.settings",
        "DATABASE_URL": _on_test_database(os.environ.get("DATABASE_URL") or embedded.database_url),
        "DATABASE_OWNER_URL": _on_test_database(
            os.environ.get("DATABASE_OWNER_URL") or embedded.database_owner_url
        ),
        "REDIS_URL": settings.REDIS_URL,
        **RAISED,
        **settings_,
    }


def valkey_pid() -> int:
    """The process of the tests' Valkey."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return int(client.info("server")["process_id"])


def _on_test_database(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{connections['owner'].settings_dict['NAME']}"))
