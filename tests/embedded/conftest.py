"""Servers in directories of their own, under a system path that every user may enter."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prayermap.embedded.launcher import EmbeddedServers


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A directory that is entered by root's servers too: pytest's own tmp_path is closed to other users."""
    directory = Path(tempfile.mkdtemp(prefix="prayermap-test-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def launcher(data_dir: Path) -> Iterator[Callable[..., EmbeddedServers]]:
    """Makes launchers of one directory; stops what is still running there in the end."""
    made: list[EmbeddedServers] = []

    def make(**options) -> EmbeddedServers:
        made.append(EmbeddedServers(data_dir, **{"durable": False, **options}))
        return made[-1]

    yield make
    for servers in made:
        servers.leave_running()
    if made and made[0].where.home.exists():
        made[0].stop(even_if_used=True)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as somebody else")
