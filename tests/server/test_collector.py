"""Python's collector in a process that has started."""

import subprocess
import sys

from tests.messaging.realtime.serving import ROOT

CODE = """
import gc
from prayermap.server import collector
kept = [{} for _ in range(1_000)]
collector.settle()
assert gc.get_freeze_count() > 1_000, "what is loaded is looked through again and again"
looks = []
gc.callbacks.append(lambda phase, info: looks.append(info["generation"]) if phase == "start" else None)
others = [{} for _ in range(9_000)]
assert looks == [], "in the midst of a batch"
class Circle: pass
for _ in range(30_000):
    circle = Circle(); circle.itself = circle
assert looks, "circles stay for ever"
"""


def test_it_leaves_what_stays_alone_and_still_collects_what_goes():
    subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, check=True)
