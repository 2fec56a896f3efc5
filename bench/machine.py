"""What the figures were measured on, and what processes cost: read from /proc, so Linux only."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1_048_576
_PACKAGES = ("django", "channels", "daphne", "uvicorn", "psycopg", "redis", "websockets", "uvloop")


class Process(NamedTuple):
    """One line of /proc: parent, CPU seconds used, resident memory in MB."""

    parent: int
    cpu_s: float
    rss_mb: float


def process(pid: int) -> Process | None:
    """None once it has ended."""
    try:
        raw = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    fields = raw.rpartition(b")")[2].split()  # the name before it may hold spaces
    return Process(int(fields[1]), (int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE_MB)


def family(roots: Iterable[int]) -> dict[int, Process]:
    """The processes with these ids and all their descendants."""
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    everybody = {pid: found for pid in numbers if (found := process(pid))}
    children: dict[int, list[int]] = {}
    for pid, one in everybody.items():
        children.setdefault(one.parent, []).append(pid)
    relatives, todo = {}, [pid for pid in roots if pid in everybody]
    while todo:
        pid = todo.pop()
        relatives[pid] = everybody[pid]
        todo.extend(children.get(pid, []))
    return relatives


def rss_mb(roots: Iterable[int]) -> float:
    """Resident memory of these process trees. Pages that two of them share count twice."""
    return sum(one.rss_mb for one in family(roots).values())


def cpu_seconds(roots: Iterable[int]) -> float:
    """Processor time used so far by these process trees."""
    return sum(one.cpu_s for one in family(roots).values())


def busy_seconds() -> float:
    """Processor time that everything on the machine has used so far: whoever else works on it is in there."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8]
    idle = int(fields[3]) + int(fields[4])
    return (sum(map(int, fields)) - idle) / _TICKS


def describe() -> dict[str, object]:
    """Processor, kernel, Python and the versions of what takes part."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "versions": {name: _version(name) for name in _PACKAGES},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
