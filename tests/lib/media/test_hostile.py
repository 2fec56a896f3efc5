"""What nobody should be sent is refused with its reason, in little memory and time."""

import io
import subprocess
import sys
import time

import pytest

from prayermap.lib.media.cleaning import clean
from prayermap.lib.media.unfit import Oversized, Unfit
from tests.docs.pages import ROOT
from tests.uploads.hostile import HOSTILE, Hostile


@pytest.mark.parametrize("file", HOSTILE, ids=[file.what for file in HOSTILE])
def test_hostile_files_are_refused(file: Hostile):
    data = file.make()
    began = time.process_time()
    with pytest.raises(Unfit) as refused:
        clean(io.BytesIO(data), io.BytesIO(), io.BytesIO(), label=file.label)
    assert time.process_time() - began < 2
    assert (413 if isinstance(refused.value, Oversized) else 400) == file.status
    assert str(refused.value).endswith(".")


def test_there_are_enough_of_them():
    assert len(HOSTILE) >= 25
    assert len({file.what for file in HOSTILE}) == len(HOSTILE)


def test_the_page_is_what_the_command_prints():
    printed = subprocess.run(
        [sys.executable, "-m", "tests.uploads"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() in (ROOT / "docs" / "uploads.md").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_none_of_them_takes_much_memory():
    """The most is an animation up to its fiftieth megapixel."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.uploads.measuring"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    grown = {what: int(mb) for mb, what in (line.split("\t") for line in done.stdout.splitlines())}
    assert len(grown) == len(HOSTILE)
    assert {what: mb for what, mb in grown.items() if mb > 400} == {}
