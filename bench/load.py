"""`python -m bench`: measure a PrayerMap server through its own contract."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from bench import machine
from bench.line import close_lines, open_lines
from bench.people import Person, befriend, gather, people
from bench.report import table
from bench.rest import shared_http
from bench.stack import RAISED, Stack
from bench.workloads.history import fill, history
from bench.workloads.idle import idle
from bench.workloads.pairs import Pair, pairs
from bench.workloads.room import room
from bench.workloads.window import Window

WORKLOADS = ("pairs", "room", "history", "idle")
EXAMPLES = """\
Examples:
  python -m bench                                     everything, on a server of its own under daphne
  python -m bench --server uvicorn --workloads pairs --repeat 5
  python -m bench --url http://127.0.0.1:8000 --pid 812 --workloads pairs,room
A server under --url needs its limits raised, or it refuses: see bench/README.md.
"""


class Bench:
    """One call of the command: the options, the server, and the figures so far."""

    def __init__(self, options: argparse.Namespace, stack: Stack | None) -> None:
        self.options, self.stack = options, stack
        self.url: str = stack.url if stack else options.url
        self.http = shared_http(self.url)
        self.results: dict[str, Any] = {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "machine": machine.describe(),
            "server": {
                "url": self.url,
                "kind": options.server if stack else "given",
                "settings": RAISED if stack else {},
            },
            "options": {name: value for name, value in vars(options).items() if name != "out"},
            "workloads": {},
        }

    async def run(self) -> None:
        chosen = self.options.workloads
        if {"pairs", "room"} & set(chosen):
            await self._traffic(await people(self.http, self.options.people, self.stack))
        if "history" in chosen:
            await self._history(*await people(self.http, 2, self.stack))
        if "idle" in chosen:
            await self._idle()
        await self.http.aclose()

    async def _traffic(self, persons: list[Person]) -> None:
        """*pairs* and *room* share the same connected people, as in the peers' benchmark."""
        couples = list(zip(persons[::2], persons[1::2], strict=True))
        conversations = (
            [await befriend(a, b) for a, b in couples] if "pairs" in self.options.workloads else []
        )
        group = await gather(persons[0], persons[1:]) if "room" in self.options.workloads else ""
        lines = await open_lines(self.url, persons)
        everyone = [
            Pair(lines[2 * slot], lines[2 * slot + 1], conversation)
            for slot, conversation in enumerate(conversations)
        ]
        seconds = self.options.seconds
        for _ in range(self.options.repeat):
            if everyone:
                self._add("pairs", await pairs(everyone, self._window(), seconds=seconds))
            for in_flight in (1, 4) if group else ():
                figures = await room(
                    lines[0], lines[1:], group, self._window(), seconds=seconds, in_flight=in_flight
                )
                self._add(f"room, {in_flight} in flight", figures)
        await close_lines(lines)

    async def _history(self, writer: Person, reader: Person) -> None:
        conversation, count = await befriend(writer, reader), self.options.messages
        lines = await open_lines(self.url, [writer])
        seconds = await fill(lines[0], conversation, count)
        self._add("history, writing", {"per_s": round(count / seconds, 1)})
        await close_lines(lines)
        lines = await open_lines(self.url, [reader])
        for _ in range(self.options.repeat):
            self._add("history", await history(self.url, lines[0], conversation, count))
        await close_lines(lines)

    async def _idle(self) -> None:
        pids = self._pids()
        if not pids:
            print("idle needs the server's process: --pid", file=sys.stderr)
            return
        steps = self.options.sockets
        persons = await people(self.http, max(steps), self.stack)
        for _ in range(self.options.repeat):
            if self.stack:  # memory after earlier load is another figure
                await asyncio.to_thread(self.stack.stop_server)
                await asyncio.to_thread(self.stack.start_server)
            self._add("idle", await idle(self.url, persons, steps, self._pids()))

    def _window(self) -> Window:
        postgres = self.stack.pids()["postgres"] if self.stack else None
        return Window({"server": self._pids(), **({"postgres": [postgres]} if postgres else {})})

    def _pids(self) -> list[int]:
        if not self.stack:
            return [self.options.pid] if self.options.pid else []
        found = self.stack.pids()
        return [pid for name, pid in found.items() if pid and name != "postgres"]

    def _add(self, workload: str, figures: dict[str, Any]) -> None:
        self.results["workloads"].setdefault(workload, []).append(figures)
        print(f"{time.strftime('%H:%M:%S')} {workload}: {json.dumps(figures)}", file=sys.stderr, flush=True)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--url", help="a running server; without it one is started on a throw-away directory")
    parser.add_argument(
        "--server", choices=("daphne", "uvicorn"), default="daphne", help="which one to start"
    )
    parser.add_argument("--processes", type=int, default=1, help="how many of it serve on the port")
    parser.add_argument("--pid", type=int, help="with --url: the server's process, for memory and cores")
    parser.add_argument("--workloads", type=_names, default=list(WORKLOADS), help=",".join(WORKLOADS))
    parser.add_argument(
        "--seconds", type=float, default=10, help="measured time of each run of pairs and room"
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of each workload")
    parser.add_argument("--people", type=int, default=100, help="how many take part in pairs and room (even)")
    parser.add_argument("--messages", type=int, default=100_000, help="length of the conversation in history")
    parser.add_argument(
        "--sockets", type=_numbers, default=[0, 100, 1000], help="steps of idle, e.g. 0,100,1000"
    )
    parser.add_argument("--out", type=Path, default=Path("bench-results.json"), help="where the JSON goes")
    options = parser.parse_args(arguments)
    if unknown := set(options.workloads) - set(WORKLOADS):
        parser.error(f"unknown workload: {', '.join(sorted(unknown))}")
    if options.people < 2 or options.people % 2 or options.people > 101:
        parser.error("--people must be even, from 2 to 100")
    return options


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def main() -> int:
    options = parse()
    if options.url:
        results = _measure(options, None)
    else:
        with Stack(server=options.server, processes=options.processes) as stack:
            results = _measure(options, stack)
    options.out.write_text(json.dumps(results, indent=1) + "\n")
    print(table(results))
    print(f"written to {options.out}")
    return 0


def _measure(options: argparse.Namespace, stack: Stack | None) -> dict[str, Any]:
    async def measure() -> dict[str, Any]:
        bench = Bench(options, stack)
        await bench.run()
        return bench.results

    return uvloop.run(measure())
