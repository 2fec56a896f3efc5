"""Other processes, seen through their ids: which program a pid runs, whether it has ended, running one as another user."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prayermap.embedded.errors import EmbeddedError


@dataclass(frozen=True, slots=True)
class Identity:
    """The user that a server runs as when we are root."""

    name: str
    uid: int
    gid: int


def run(
    command: Sequence[str | Path], *, identity: Identity | None, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as `identity` (None: as ourselves) and return its status and output.

    The environment is emptied, so that a PGDATA or PGHOST of the caller can't redirect it, and the working
    directory is `/`, since the caller's may be closed to `identity`.
    """
    try:
        return subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
            start_new_session=True,  # a Ctrl-C at the terminal is ours to answer, not initdb's
            umask=0o077,
            user=None if identity is None else identity.uid,
            group=None if identity is None else identity.gid,
            extra_groups=None if identity is None else [],
        )
    except subprocess.TimeoutExpired as error:
        raise EmbeddedError(f"{Path(command[0]).name} did not finish within {seconds:.0f} s.") from error


def command_line(pid: int) -> list[str]:
    """The arguments of a running process; empty when it has ended or only its exit status is left.

    A pid alone proves nothing: after a crash or in a fresh container another program may have got the number.
    `/proc/<pid>/cmdline` is readable by everybody, also where root may not trace other users' processes.
    """
    proc = Path("/proc") / str(pid) / "cmdline"
    if Path("/proc/self").exists():
        try:
            return [os.fsdecode(part) for part in proc.read_bytes().split(b"\0") if part]
        except OSError:
            return []
    shown = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.split()


def read_pid(file: Path) -> int | None:
    """The number on the first line of a pid file; None when there is no file or no number in it."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def wait_until_gone(pid: int, *, seconds: float) -> bool:
    """Wait for a process that isn't our child; False when it is still there after `seconds`."""
    end = time.monotonic() + seconds
    while command_line(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def kill(pid: int) -> None:
    """End a process at once and wait for it."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    wait_until_gone(pid, seconds=5)


def tail(log: Path, *, lines: int = 4) -> str:
    """The last lines of a log, to be shown beneath an error; empty when it can't be read."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
