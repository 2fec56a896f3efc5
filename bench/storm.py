"""`python -m bench.storm`: many idle sockets on one process, and all of them coming back at once.

Sockets are opened with the token, as apps do that keep one. Told are the memory of each, the time to accept them; then all
lines break together, everybody comes back at once, as often as `bye` asks them to, and says `sync`: the time until the
last is whole, and what was refused meanwhile. Clients are processes of their own (`bench.guests`), because the limit of
descriptors is one for each process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from typing import Any, Self

import uvloop

from bench import machine
from bench.people import people
from bench.rest import shared_http
from bench.stack import ROOT, Stack
from bench.stats import latency


class Clients:
    """Guests in several processes, told the same at the same time."""

    def __init__(self, processes: list[Process]) -> None:
        self._processes = processes

    @classmethod
    async def start(cls, url: str, access: list[str], count: int) -> Self:
        command = [sys.executable, "-m", "bench.guests"]
        started = [
            await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE, limit=1 << 24)
            for _ in range(count)
        ]
        parts = [json.dumps({"url": url, "access": access[number::count]}) for number in range(count)]
        clients = cls(started)
        await clients._ask(parts)
        return clients

    async def tell(self, word: str, number: int = 0) -> list[dict[str, Any]]:
        """`number` guests in all do it."""
        count = len(self._processes)
        share = [len(range(place, number, count)) for place in range(count)]
        return await self._ask([f"{word} {one}" if number else word for one in share])

    async def _ask(self, lines: list[str]) -> list[dict[str, Any]]:
        """Raises EOFError when one has ended."""
        for process, line in zip(self._processes, lines, strict=True):
            assert process.stdin is not None
            process.stdin.write(line.encode() + b"\n")
        return list(await asyncio.gather(*map(_answer, self._processes)))

    async def end(self) -> None:
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
        await asyncio.gather(*(process.wait() for process in self._processes))


async def _answer(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise EOFError("a process of clients has ended")
    answer: dict[str, Any] = json.loads(line)
    return answer


async def measure(options: argparse.Namespace, stack: Stack) -> dict[str, Any]:
    async with shared_http(stack.url) as http:
        access = [person.rest.access for person in await people(http, options.sockets, stack)]
    server = [pid for pid in [stack.pids()["server"]] if pid]
    clients = await Clients.start(stack.url, access, options.clients)
    try:
        empty_mb, start = machine.rss_mb(server), time.perf_counter()
        await clients.tell("open")
        accepted_s = time.perf_counter() - start
        await asyncio.sleep(5)
        held_mb = machine.rss_mb(server)
        return {
            "sockets": options.sockets,
            "accepted_s": round(accepted_s, 1),
            "kb_each": round((held_mb - empty_mb) * 1024 / options.sockets, 1),
            "empty_mb": round(empty_mb, 1),
            "rss_mb": round(held_mb, 1),
            **await _storm(clients, options.storm, stack),
        }
    finally:
        await clients.end()


async def _storm(clients: Clients, number: int, stack: Stack) -> dict[str, Any]:
    await clients.tell("leave", number)
    await asyncio.sleep(2)
    pids = {name: pid for name, pid in stack.pids().items() if pid}
    worked = {name: machine.cpu_seconds([pid]) for name, pid in pids.items()}
    start = time.perf_counter()
    parts = await clients.tell("storm", number)
    storm_s = time.perf_counter() - start
    worked = {name: round(machine.cpu_seconds([pid]) - worked[name], 1) for name, pid in pids.items()}
    return {
        "storm": number,
        "all_whole_s": round(storm_s, 1),
        "whole": latency([wait for part in parts for wait in part["waits"]]),
        "refused": dict(sum((Counter(part["refused"]) for part in parts), Counter())),
        "most_often": max(part["most_often"] for part in parts),
        "cpu_s": worked,
        "is_alive": stack.pids()["server"] is not None,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.storm", description=__doc__)
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="uvicorn")
    parser.add_argument("--sockets", type=int, default=10_000, help="each a descriptor of the server's")
    parser.add_argument("--storm", type=int, default=5_000, help="how many of them come back at once")
    parser.add_argument("--clients", type=int, default=2, help="processes that share them (%(default)s)")
    options = parser.parse_args()
    with Stack(server=options.server) as stack:
        print(json.dumps(uvloop.run(measure(options, stack))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
