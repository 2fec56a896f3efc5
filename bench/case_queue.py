"""`python -m bench.case_queue`: does the moderators' queue stay quick when much lies behind it?

Three systems side by side: an empty one, one with a page of cases, and one with 100,000 open cases and a million messages
(`--messages 10000000` takes a quarter of an hour more). Their pages are asked for in turns, so that the machine's other work
falls on all of them. Prints the statements of a page, how many of them count, the median times, and the ratios of the
full one to the empty one, which draws no row, and to the one with a page of them.

Each has a PostgreSQL of its own, in a throw-away directory; with `--directory` they stay there, and are asked again the
next time without filling them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.stack import ROOT, Stack

#: With a password alone, which DEBUG lets in.
INSIDE = {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "prayermap.settings"}
#: Rows of a page of the queue, and some.
PAGE = 60
PATHS = ("/admin/cases/", "/admin/cases/?show=overdue", "/admin/")
#: How often a page is asked for before another system has its turn.
AT_ONCE = 4


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.case_queue",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=40, help="how often each page is asked for")
    parser.add_argument("--directory", type=Path, help="keep the databases here, and use those that are here")
    arguments = parser.parse_args()
    sizes = ((0, 0), (PAGE, 0), (arguments.cases, arguments.messages))
    with ExitStack() as stacks:
        systems = []
        for cases, messages in sizes:
            kept = arguments.directory and arguments.directory.absolute() / f"queue-{cases}-{messages}"
            systems.append(System(stacks.enter_context(Stack(directory=kept)), cases, messages))
            stacks.callback(systems[-1].close)
        print(
            f"{'page':26}{'statements':>11}{'counting':>9}  median ms: empty, a page, full; ratios; ratios of CPU"
        )
        for path in PATHS:
            print(_compared(systems, path, arguments.pages), flush=True)
    return 0


class System:
    """One stack and the moderator in it."""

    def __init__(self, stack: Stack, cases: int, messages: int) -> None:
        stack.stop_server()
        command = [sys.executable, "-m", "bench.moderator"]
        self.moderator = subprocess.Popen(
            command,
            cwd=ROOT,
            env=stack.env | INSIDE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        mark = stack.directory / "filled"
        if cases and not mark.exists():
            seconds = self.ask("fill", cases, messages)
            mark.touch()
            print(f"{cases:,} cases and {messages:,} messages were made in {seconds:.0f} s", flush=True)

    def ask(self, *what: Any) -> Any:
        """What the moderator answers. Raises RuntimeError when there is none: its reason is on standard error."""
        assert self.moderator.stdin
        assert self.moderator.stdout
        self.moderator.stdin.write(json.dumps(what) + "\n")
        self.moderator.stdin.flush()
        answer = self.moderator.stdout.readline()
        if not answer:
            raise RuntimeError("the moderator has left")
        return json.loads(answer)

    def close(self) -> None:
        if self.moderator.stdin:
            self.moderator.stdin.close()
        self.moderator.wait(20)


def _compared(systems: list[System], path: str, pages: int) -> str:
    """One line of the table. The first turn warms up and isn't counted."""
    walls: list[list[float]] = [[] for _ in systems]
    cpus: list[list[float]] = [[] for _ in systems]
    for turn in range(1 + -(-pages // AT_ONCE)):
        for number, system in enumerate(systems):
            asked = system.ask("ask", path, AT_ONCE)
            walls[number] += asked["wall"] if turn else []
            cpus[number] += asked["cpu"] if turn else []
    statements = systems[-1].ask("statements", path)
    clock, processor = ([statistics.median(one) for one in each] for each in (walls, cpus))
    times = " ".join(f"{one:.1f}" for one in clock)
    ratios, cpu_ratios = (
        " ".join(f"{each[-1] / one:.2f}" for one in each[:-1]) for each in (clock, processor)
    )
    return f"{path:26}{statements['all']:>11}{statements['counting']:>9}  {times}; {ratios}; {cpu_ratios}"


if __name__ == "__main__":
    sys.exit(main())
