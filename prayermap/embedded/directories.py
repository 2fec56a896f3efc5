"""Make the directories of the embedded servers, without touching the mode of any that was there before."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from prayermap.embedded.errors import EmbeddedError
from prayermap.embedded.places import RELOCATED, Places
from prayermap.embedded.processes import Identity


def prepare(where: Places, identity: Identity | None) -> None:
    """Make the home, the logs, Valkey's directory and the sockets' directory."""
    make_enterable(where.data_dir, for_others=identity is not None and where.home == where.data_dir)
    if where.home != where.data_dir:
        make_enterable(where.home, for_others=True)
    for directory in (where.logs, where.valkey, where.sockets):
        make_private(directory, identity)


def make_enterable(directory: Path, *, for_others: bool) -> None:
    """Make a directory and its missing parents; the new ones may be entered by others if `for_others`."""
    if directory.is_dir():
        return
    make_enterable(directory.parent, for_others=for_others)
    directory.mkdir(exist_ok=True)
    if for_others:
        # Only what we have just made: a umask of 077 would shut the servers' user out of its own data.
        directory.chmod(0o711 if directory.is_relative_to(RELOCATED) else 0o755)


def make_private(directory: Path, identity: Identity | None) -> None:
    """Make a directory of mode 0700 for the servers' user, or check that the one that stands there is such."""
    uid = os.geteuid() if identity is None else identity.uid
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        _check_private(directory, uid)
        return
    directory.chmod(0o700)
    if identity is not None:
        os.chown(directory, identity.uid, identity.gid)


def _check_private(directory: Path, uid: int) -> None:
    """Anybody may make a directory in /tmp under the name that we would use; such a one must not be trusted."""
    state = directory.lstat()
    if not stat.S_ISDIR(state.st_mode):
        raise EmbeddedError(f"{directory} should be a directory and is something else; move it away.")
    if state.st_uid != uid:
        raise EmbeddedError(
            f"{directory} belongs to user number {state.st_uid}, not to {uid}: it was probably made by another user. "
            "Start as that user, or set PRAYERMAP_DATA to a directory of your own."
        )
    if state.st_mode & 0o077:
        directory.chmod(0o700)
