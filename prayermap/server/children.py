"""Long-running child processes that end with us: in order when we end in order, by themselves when we are killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

TIED = Path(__file__).with_name("tied.py")
#: A server drains for up to 10 s and then gives cancelled requests 5 s more.
STOP_SECONDS = 20.0


class Child:
    """One child. It leads a process group of its own, so a Ctrl-C at the terminal reaches only us, who know the order."""

    def __init__(self, name: str, command: Sequence[str], *, directory: Path) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(TIED), str(os.getpid()), *command],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ended(self) -> str | None:
        """How the child ended, as the end of a sentence; None while it runs."""
        status = self._process.poll()
        if status is None:
            return None
        if status < 0:
            return f"was killed by {signal.Signals(-status).name}"
        return f"ended with status {status}"

    def ask_to_end(self) -> None:
        """SIGTERM, without waiting."""
        if self._process.poll() is None:
            self._process.terminate()

    def stop(self, *, seconds: float = STOP_SECONDS) -> bool:
        """Ask the child to end and wait; kill its group when it doesn't. False when it had to be killed."""
        self.ask_to_end()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._kill_group()
            return False
        self._kill_group()
        return True

    def _kill_group(self) -> None:
        """Whatever the child has started and left behind goes with it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
