"""The ledger of erasures: a file outside the database, written before anything is destroyed.

A backup that is restored brings erased people back; the ledger, which was not in it, says whom to erase again. A line
holds an account's id and a time, nothing that says who it was.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from django.conf import settings


class Entry(msgspec.Struct, frozen=True):
    """This person is being erased."""

    request: UUID
    person: UUID
    at: datetime


class LedgerError(Exception):
    """The ledger can't be read or written."""


_decoder = msgspec.json.Decoder(Entry)


def path() -> Path:
    return Path(settings.ERASURE_LEDGER)


def enter(entry: Entry) -> None:
    """Add a line and return once the disk has it. Raises LedgerError: then nothing may be destroyed."""
    try:
        with _open() as file:
            if not _ends_with_a_line(file):
                os.write(file, b"\n")  # somebody was killed while writing: their line counts for nothing
            os.write(file, msgspec.json.encode(entry) + b"\n")
            os.fsync(file)
    except OSError as error:
        raise LedgerError(f"{path()}: {error.strerror}") from error


def has(request: UUID) -> bool:
    """Whether this request's line stands there."""
    return any(entry.request == request for entry in entries())


def entries() -> list[Entry]:
    """All of them, oldest first. A line that was cut short is left out: what it announced had not begun.

    Raises LedgerError where the file can't be read; there being none is a ledger without entries.
    """
    try:
        lines = path().read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LedgerError(f"{path()}: {error.strerror}") from error
    return [entry for line in lines if (entry := _decoded(line)) is not None]


def _decoded(line: bytes) -> Entry | None:
    try:
        return _decoder.decode(line)
    except msgspec.DecodeError:
        return None


@contextmanager
def _open() -> Iterator[int]:
    """Made if need be, readable by its owner alone; locked, so that two workers' lines don't mix."""
    is_new = not path().exists()
    path().parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        if is_new:
            _sync_directory()
        yield file
    finally:
        os.close(file)


def _sync_directory() -> None:
    """A new file's name must survive a power cut as well."""
    directory = os.open(path().parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _ends_with_a_line(file: int) -> bool:
    size = os.fstat(file).st_size
    return size == 0 or os.pread(file, 1, size - 1) == b"\n"
