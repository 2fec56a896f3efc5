"""`--processes N`: N servers on one port, each started again when it dies, ended together."""

from __future__ import annotations

import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from prayermap.server.children import Child
from prayermap.server.options import Options

ROOT = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 0.25
#: A process that ends sooner doesn't run into bad luck but into its settings, and would do so for ever.
SHORT_LIFE_SECONDS = 10.0


class Several:
    """Keeps `count` processes of one command alive. Signals are caught from its making on."""

    def __init__(self, command: Sequence[str], count: int) -> None:
        self._command = [sys.executable, "-m", "prayermap.server", *command]
        self._asked_to_end = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self._running = [self._start(number) for number in range(1, count + 1)]

    def watch(self) -> int:
        """Until somebody asks for the end: 0; 1 when a process ended as soon as it had begun."""
        status = 0
        while not status and not self._asked_to_end.wait(LOOK_SECONDS):
            for index, (child, since) in enumerate(self._running):
                if (how := child.ended()) is None:
                    continue
                child.stop()  # what it left behind
                if time.monotonic() - since < SHORT_LIFE_SECONDS:
                    _tell(f"{child.name} {how} as soon as it had begun")
                    status = 1
                    break
                _tell(f"{child.name} {how}; it is started again")
                self._running[index] = self._start(index + 1)
        self._stop()
        return status

    def _start(self, number: int) -> tuple[Child, float]:
        return Child(f"process {number}", self._command, directory=ROOT), time.monotonic()

    def _stop(self) -> None:
        """All at once: each drains for as long as the longest."""
        for child, _ in self._running:
            child.ask_to_end()
        for child, _ in self._running:
            if not child.stop():
                _tell(f"{child.name} did not stop in time and was killed")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_end.set()


def serve_with(command: Sequence[str], count: int, options: Options) -> int:
    """Serve with `count` processes until told to end; the exit status."""
    try:
        # They share the port with each other, not with whatever else may listen there.
        family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
        socket.create_server((options.host, options.port), family=family).close()
    except OSError:
        print(options.port_taken, file=sys.stderr)
        return 1
    return Several(command, count).watch()


def _tell(sentence: str) -> None:
    print(sentence[0].upper() + sentence[1:], file=sys.stderr, flush=True)
