"""Keep a set of children and the embedded servers running until somebody asks for the end."""

from __future__ import annotations

import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from types import FrameType

from prayermap.embedded.launcher import EmbeddedServers
from prayermap.server.children import Child

Report = Callable[[str, str], None]

#: Importing the application takes two seconds on an idle core; a small machine under load may need many more.
READY_SECONDS = 90.0
LOOK_SECONDS = 0.25
SERVERS_LOOK_SECONDS = 1.0


class Supervisor:
    """Watches what `quickstart` has started. Signals are caught from its making on."""

    def __init__(self, report: Report, servers: EmbeddedServers) -> None:
        self._report = report
        self._servers = servers
        self._children: list[Child] = []
        self._asked_to_end = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def is_ending(self) -> bool:
        return self._asked_to_end.is_set()

    def add(self, child: Child) -> None:
        """Watch a child from now on; the first added is the first to be stopped."""
        self._children.append(child)

    def wait_until_answers(self, url: str, host: str) -> bool:
        """Wait for a status of 200 under this name; False when a child ends, somebody asks for the end or READY_SECONDS pass."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            if self.is_ending() or self._ended():
                return False
            if _answers(url, host):
                return True
            self._asked_to_end.wait(0.05)
        self._report("error", f"{url} didn't answer within {READY_SECONDS:.0f} s")
        return False

    def watch(self) -> int:
        """Wait for the end: 0 when somebody asked for it, 1 when a child ended by itself.

        A PostgreSQL or Valkey of ours that has been killed is started again.
        """
        looked = time.monotonic()
        while not self._asked_to_end.wait(LOOK_SECONDS):
            if self._ended():
                return 1
            if time.monotonic() - looked >= SERVERS_LOOK_SECONDS:
                looked = time.monotonic()
                for line in self._servers.revive():
                    self._report("servers", line)
        return 0

    def stop(self) -> None:
        """Stop the children in the order they were added, then the embedded servers."""
        for child in self._children:
            was_running = child.ended() is None
            in_order = child.stop()
            if was_running:
                self._report(
                    "stop", f"{child.name} {'stopped' if in_order else 'did not stop in time and was killed'}"
                )
        if self._servers.stop():
            self._report("stop", "the embedded servers are down")
        else:
            self._report("stop", "the embedded servers go on: another process uses them")

    def _ended(self) -> bool:
        for child in self._children:
            if (how := child.ended()) is not None:
                if not self.is_ending():
                    self._report("error", f"{child.name} {how}")
                return True
        return False

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_end.set()


def _answers(url: str, host: str) -> bool:
    request = urllib.request.Request(url, headers={"Host": host})  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
