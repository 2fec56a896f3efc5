"""Children end with their parent."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from prayermap.embedded.processes import command_line
from prayermap.server.children import Child

ROOT = Path(__file__).parents[2]
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


def test_stop_ends_a_child_in_order():
    child = Child("sleeper", SLEEP, directory=ROOT)
    assert child.ended() is None
    assert child.stop() is True
    assert command_line(child.pid) == []


def test_stop_kills_a_child_that_does_not_listen():
    child = Child("stubborn", STUBBORN, directory=ROOT)
    time.sleep(0.5)
    assert child.stop(seconds=0.5) is False
    assert child.ended() == "was killed by SIGKILL"


def test_ended_tells_how():
    child = Child("brief", [sys.executable, "-c", "import sys; sys.exit(3)"], directory=ROOT)
    child._process.wait(10)
    assert child.ended() == "ended with status 3"
    child.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")
def test_child_of_a_killed_parent_ends():
    program = (
        "import sys, time; from pathlib import Path; from prayermap.server.children import Child;"
        f"print(Child('sleeper', {SLEEP!r}, directory=Path('/')).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + 20
    while command_line(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert command_line(pid) == []
