"""A whole PrayerMap of one's own for a measurement: PostgreSQL, Valkey and the server, in a throw-away directory.

As in production: DEBUG off, fsync on. What protects a server from one person's flood is raised, since a hundred
people who all write at once from one address are the very thing that is measured.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from prayermap.embedded.launcher import EmbeddedServers

ROOT = Path(__file__).parents[1]
Component = Literal["server", "postgres", "valkey"]
READY_SECONDS = 60

#: The settings that a benchmark changes, and nothing else.
RAISED = {
    "MESSAGES_PER_SECOND": "100000",
    "MESSAGES_BURST": "100000",
    "FRAMES_PER_SECOND": "100000",
    "FRAMES_BURST": "100000",
    "INVITATIONS_PER_DAY": "0",
    "INVITATIONS_PER_DAY_NEW": "0",
    "ACCESS_TOKEN_SECONDS": "86400",
    "LIMIT_SIGN_IN_ADDRESS": "100000/minute",
    "LIMIT_SIGN_IN_IP": "100000/minute",
    "LIMIT_REGISTRATION": "100000/minute",
    "LIMIT_TICKETS": "100000/minute",
    "LIMIT_CONVERSATIONS": "100000/day",
    "REQUESTS_PER_SECOND": "100000",
    "REQUESTS_BURST": "100000",
}


class Stack:
    """`with Stack() as stack:` has a server at `stack.url`; everything is gone afterwards unless `keep`.

    In a `directory` of the caller's it is kept, and the next stack there goes on with the same data and the same secret.
    """

    def __init__(
        self, *, server: str = "daphne", processes: int = 1, keep: bool = False, directory: Path | None = None
    ) -> None:
        self.kind, self.processes, self.keep = server, processes, keep or directory is not None
        self.directory = directory or Path(tempfile.mkdtemp(prefix="prayermap-bench-"))
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o755)  # PostgreSQL runs as another user when we are root
        self.embedded = EmbeddedServers(self.directory)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.dsn = self.embedded.addresses.superuser_url.replace("/postgres?", "/prayermap?")
        self.process: subprocess.Popen[bytes] | None = None
        # A stack of its own, whatever servers this shell is set up for: it writes people and messages.
        others = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in others},
            **RAISED,
            "PRAYERMAP_DATA": str(self.directory),
            "SECRET_KEY": _secret(self.directory / "secret"),
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS": "0",
            "DEBUG": "0",
        }

    def __enter__(self) -> Self:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: nothing is left running
        try:
            self.embedded.start()
            self.manage("migrate", "--verbosity=0")
            self.manage("create_partitions")
            self.start_server()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_server()
        self.embedded.stop(even_if_used=True)
        if self.keep or error:
            print(f"Logs and data are kept in {self.directory}", file=sys.stderr)
        else:
            shutil.rmtree(self.directory, ignore_errors=True)
            shutil.rmtree(self.embedded.where.home, ignore_errors=True)

    def manage(self, *arguments: str) -> None:
        """Run a command of manage.py; raises CalledProcessError when it fails."""
        command = [sys.executable, "manage.py", *arguments, "--skip-checks"]
        subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def start_server(self) -> None:
        """Start it and wait until it says that it is ready. Raises RuntimeError with its log when it isn't."""
        command = [sys.executable, "-m", "prayermap.server", "--port", str(self.port), "--server", self.kind]
        command += ["--processes", str(self.processes)]
        log = self.directory / "server.log"
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=file, stderr=file
            )
        end = time.monotonic() + READY_SECONDS
        while not _is_ready(self.url):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The server did not start:\n{log.read_text()[-2_000:]}")
            time.sleep(0.1)

    def stop_server(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def pids(self) -> dict[str, int | None]:
        """The process of each component, None for one that doesn't run."""
        alive = self.process is not None and self.process.poll() is None
        return {"server": self.process.pid if self.process and alive else None, **self.embedded.running()}

    def kill(self, component: Component) -> None:
        """SIGKILL: no goodbye, no flush. For PostgreSQL the postmaster, whose children then end themselves."""
        pid = self.pids()[component]
        if pid is None:
            raise RuntimeError(f"{component} isn't running")
        os.kill(pid, signal.SIGKILL)
        if component == "server" and self.process:
            self.process.wait()

    def revive(self, component: Component) -> None:
        """Start the component again, as an operator or a service manager would."""
        if component == "server":
            self.start_server()
        else:
            self.embedded.start()


def _secret(file: Path) -> str:
    """The one of this directory, so that tokens outlive a stack."""
    if not file.exists():
        file.touch(0o600)
        file.write_text(secrets.token_urlsafe(64))
    return file.read_text()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
