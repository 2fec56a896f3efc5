"""Root may not run PostgreSQL, so root's servers run as a system user of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess

from prayermap.embedded.errors import EmbeddedError
from prayermap.embedded.places import Places
from prayermap.embedded.processes import Identity

SYSTEM_USER = "prayermap"


def serving_identity(where: Places) -> Identity | None:
    """Who runs the servers: None for ourselves; when we are root, the owner of the data or the system user."""
    if os.geteuid() != 0:
        return None
    if where.postgres.exists() and (uid := where.postgres.stat().st_uid) != 0:
        return _lookup_uid(uid)
    return _system_user()


def _lookup_uid(uid: int) -> Identity:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise EmbeddedError(
            f"The database files belong to user number {uid}, whom this machine doesn't know."
        ) from error
    return Identity(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _system_user() -> Identity:
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _create_system_user()
        entry = pwd.getpwnam(SYSTEM_USER)
    return Identity(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create_system_user() -> None:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise EmbeddedError(
            f"PostgreSQL doesn't run as root, and this machine has no useradd to make the user {SYSTEM_USER!r}. "
            "Make that user, or start as an ordinary user, or set DATABASE_URL and REDIS_URL."
        )
    shell = shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin") or "/bin/false"
    made = subprocess.run(
        [
            program,
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            shell,
            SYSTEM_USER,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    # 9: somebody else made it in this very moment.
    if made.returncode not in (0, 9):
        raise EmbeddedError(f"The system user {SYSTEM_USER!r} could not be made: {made.stderr.strip()}")
