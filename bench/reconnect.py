"""`python -m bench.reconnect`: what it costs a server when somebody comes back after a tunnel.

Everybody has a socket; so many times a second one of them goes and comes back: a ticket over REST, the socket, `sync` with
what they hold, `changes` of the one conversation in which something was said meanwhile. Told are the processor time
that each part spends on one such return, and how long it takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import uvloop

from bench import machine
from bench.line import Line, close_lines, open_lines
from bench.people import Person, befriend, people
from bench.rest import shared_http
from bench.stack import Stack
from bench.stats import latency

Steps = dict[str, list[float]]


class Returning(Line):
    """A line that reads the answers it asked for."""

    _asked: asyncio.Future[bytes] | None = None

    def __init__(self, person: Person) -> None:
        super().__init__(person)
        self._turn = asyncio.Lock()

    async def answer(self, kind: str, data: dict[str, object]) -> Any:
        """The `data` of the `ok`, one question after the other. Raises TimeoutError."""
        async with self._turn:
            self._asked = asyncio.get_running_loop().create_future()
            self.ask(kind, data)
            return json.loads(await asyncio.wait_for(self._asked, 30))["data"]

    def _take(self, payload: bytes) -> None:
        if self._asked and not self._asked.done() and payload.find(b'"ref":1', 0, 48) >= 0:
            self._asked.set_result(payload)
        super()._take(payload)


@dataclass
class Home:
    """Somebody with a socket, and the `rev` that they hold of each of their conversations."""

    person: Person
    line: Line
    rooms: list[str]
    revs: dict[str, int] = field(default_factory=dict)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.reconnect", description=__doc__)
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="daphne")
    parser.add_argument("--people", type=int, default=40, help="how many have a socket")
    parser.add_argument("--friends", type=int, default=6, help="conversations of each, with people who stay")
    parser.add_argument("--rate", type=float, default=10, help="returns a second")
    parser.add_argument("--seconds", type=float, default=15, help="measured time of each run")
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


def main() -> int:
    options = parse()
    with Stack(server=options.server) as stack:
        uvloop.run(measure(options, stack))
    return 0


async def measure(options: argparse.Namespace, stack: Stack) -> None:
    http = shared_http(stack.url)
    persons = await people(http, options.people + options.friends, stack)
    friends, persons = persons[: options.friends], persons[options.friends :]
    rooms = [[await befriend(friend, person) for friend in friends] for person in persons]
    # Who stay, and say something while others are away.
    speakers = [await Returning.open(stack.url, friend) for friend in friends]
    lines = await open_lines(stack.url, persons)
    homes = [Home(*one) for one in zip(persons, lines, rooms, strict=True)]
    pids = {name: pid for name, pid in stack.pids().items() if pid}
    await _run(options, stack.url, homes, speakers, pids)  # everybody learns where they stand
    for _ in range(options.repeat):
        print(json.dumps(await _run(options, stack.url, homes, speakers, pids)), flush=True)
    await close_lines([*speakers, *(home.line for home in homes)])
    await http.aclose()


async def _run(
    options: argparse.Namespace,
    url: str,
    homes: list[Home],
    speakers: list[Returning],
    pids: dict[str, int],
) -> dict[str, Any]:
    steps: Steps = defaultdict(list)
    tasks: list[asyncio.Task[None]] = []
    before = {name: machine.cpu_seconds([pid]) for name, pid in pids.items()}
    start = time.perf_counter()
    for number in range(int(options.rate * options.seconds)):
        await asyncio.sleep(max(0.0, start + number / options.rate - time.perf_counter()))
        home, turn = homes[number % len(homes)], number // len(homes) % len(speakers)
        tasks.append(asyncio.create_task(_return(url, home, speakers[turn], home.rooms[turn], steps)))
    await asyncio.gather(*tasks)
    took = time.perf_counter() - start
    spent = {name: machine.cpu_seconds([pid]) - before[name] for name, pid in pids.items()}
    count = len(tasks)
    return {
        "returns": count,
        "per_s": round(count / took, 1),
        "cpu_ms_each": {name: round(seconds / count * 1e3, 2) for name, seconds in spent.items()},
        **{name: latency(values)["p50_ms"] for name, values in steps.items()},
    }


async def _return(url: str, home: Home, speaker: Returning, conversation: str, steps: Steps) -> None:
    home.line.close()
    said = {"conversation": conversation, "type": "text", "content": "while you were away"}
    await speaker.answer("message.send", said)
    begin = time.perf_counter()
    line = await Returning.open(url, home.person)
    opened = time.perf_counter()
    positions = {one: home.revs.get(one, 0) for one in home.rooms}
    news = await line.answer("sync", {"positions": positions, "me_rev": 0})
    synced = time.perf_counter()
    question = {"conversation": conversation, "after_rev": positions[conversation], "limit": 50}
    changes = await line.answer("changes", question)
    whole = time.perf_counter()
    if line.refused or not changes["messages"]:
        raise RuntimeError(f"not whole: {line.refused or changes}")
    home.line = line
    home.revs.update({one["conversation"]: one["rev"] for one in news["changed"]})
    for name, seconds in (("open", opened - begin), ("sync", synced - opened), ("changes", whole - synced)):
        steps[f"{name}_ms"].append(seconds * 1e3)


if __name__ == "__main__":
    sys.exit(main())
