"""Locks between launchers of one data directory. The kernel releases them when a process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prayermap.embedded.errors import EmbeddedError


@contextmanager
def exclusive(file: Path, *, seconds: float = 120) -> Iterator[None]:
    """Hold `file` alone; wait up to `seconds` for whoever holds it now."""
    with _opened(file) as descriptor:
        end = time.monotonic() + seconds
        while not _try(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > end:
                raise EmbeddedError(f"Another process has held {file} for {seconds:.0f} s; is it stuck?")
            time.sleep(0.05)
        yield


class UseCount:
    """Who uses the servers right now: each user holds a shared lock, and the last to leave stops the servers."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    def enter(self) -> None:
        if self._descriptor is None:
            self._descriptor = _open(self._file)
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def leave(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def is_free(self) -> bool:
        """Whether nobody uses the servers. Only meaningful while the launcher's exclusive lock is held."""
        with _opened(self._file) as descriptor:
            return _try(descriptor, fcntl.LOCK_EX)


def _open(file: Path) -> int:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    if os.geteuid() == 0:
        # Root may have come by on an ordinary user's data, who wants to take the lock tomorrow.
        owner = file.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


@contextmanager
def _opened(file: Path) -> Iterator[int]:
    descriptor = _open(file)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
