"""The one error of the embedded servers, and the sentences it is made of."""

from __future__ import annotations

import errno
from pathlib import Path

#: What a server says when it fails, and what the person at the terminal can do about it.
_ADVICE = {
    "No space left on device": "The disk is full: make room and start again.",
    "Read-only file system": "The file system is read-only: set PRAYERMAP_DATA to a directory that can be written.",
    "Permission denied": "A file or directory may not be read or written by this user.",
    "Cannot allocate memory": "There is not enough memory.",
    "could not map anonymous shared memory": "There is not enough memory: PostgreSQL asks for 256 MB of shared buffers.",
    "could not locate a valid checkpoint record": "The database files are damaged: restore them from a backup.",
    "invalid line": "A line of the configuration is wrong.",
    "contains errors": "A line of the configuration is wrong.",
    "pre-existing shared memory block": "Processes of a killed PostgreSQL are still at work on these files.",
    "could not open shared memory segment": "Shared memory (/dev/shm) is not available.",
}


class EmbeddedError(Exception):
    """An embedded server could not be started or stopped; the text is a sentence for the person at the terminal."""


def explain(what: str, said: str, log: Path | None = None) -> str:
    """One readable paragraph out of what failed, what the program said, and where its log is."""
    advice = next((sentence for phrase, sentence in _ADVICE.items() if phrase in said), "")
    parts = [f"{what}.", advice, f"The log is {log}." if log else ""]
    sentence = " ".join(part for part in parts if part)
    return f"{sentence}\n{said.strip()}" if said.strip() else sentence


def explain_os_error(error: OSError) -> str:
    """The same for a failed system call of the launcher itself."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"This user may not do that{where}: {error.strerror}. The data was probably made by another user: "
            "start as that user, or set PRAYERMAP_DATA to a directory of your own."
        )
    return explain(f"The embedded servers could not be prepared{where}", error.strerror or str(error))
