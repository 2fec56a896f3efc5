"""`python -m bench.processes`: what does a second server process bring where PostgreSQL shares the same cores?

One stack; its server is started anew with another number of processes before each turn (1, 2, 1, 2, …), so that the
machine's other work falls on both. The same people write in pairs (4 texts in flight each), one writes to a group of a
hundred (4 in flight), and eight page through a conversation. Told: throughput, the ratio to the first number, and the cores
that servers, PostgreSQL, Valkey, this client and all of the machine used: what is at its limit, and whether somebody else
was at work, in which case two processes get more of the machine than one and the ratio flatters them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import uvloop

from bench import machine
from bench.line import close_lines, open_lines
from bench.people import Person, befriend, gather, people
from bench.rest import shared_http
from bench.stack import Stack
from bench.stats import short, spread
from bench.workloads.history import fill
from bench.workloads.pairs import Pair, pairs
from bench.workloads.readers import readers
from bench.workloads.room import room
from bench.workloads.window import Window

PEOPLE, READERS, IN_FLIGHT = 100, 8, 4
#: What is compared of each workload.
RATE = {"pairs": "per_s", "room": "deliveries_per_s", "readers": "per_s"}
PARTS = ("server", "postgres", "valkey", "client", "machine")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.processes", description=__doc__)
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="uvicorn")
    parser.add_argument("--processes", default="1,2", help="numbers to compare (%(default)s)")
    parser.add_argument(
        "--seconds", type=float, default=10, help="of each workload in each turn (%(default)s)"
    )
    parser.add_argument("--repeat", type=int, default=3, help="turns of each number (%(default)s)")
    parser.add_argument("--messages", type=int, default=5_000, help="length of what is read (%(default)s)")
    parser.add_argument("--out", type=Path, help="where the JSON goes")
    options = parser.parse_args()
    numbers = [int(number) for number in options.processes.split(",")]
    with Stack(server=options.server) as stack:
        turns = uvloop.run(_measure(options, stack, numbers))
    _report(numbers, turns)
    if options.out:
        options.out.write_text(json.dumps({"machine": machine.describe(), "turns": turns}, indent=1) + "\n")
    return 0


async def _measure(options: argparse.Namespace, stack: Stack, numbers: list[int]) -> list[dict[str, Any]]:
    async with shared_http(stack.url) as http:
        persons = await people(http, PEOPLE, stack)
        couples = list(zip(persons[::2], persons[1::2], strict=True))
        conversations = [await befriend(a, b) for a, b in couples]
        group = await gather(persons[0], persons[1:])
        long = await gather(persons[0], persons[1:READERS])
        writer = await open_lines(stack.url, persons[:1])
        await fill(writer[0], long, options.messages)
        await close_lines(writer)
    turns = []
    for number in numbers * options.repeat:
        await asyncio.to_thread(stack.stop_server)
        stack.processes = number
        await asyncio.to_thread(stack.start_server)
        found = await _turn(options, stack, persons, conversations, group, long)
        turns += [{"processes": number, "workload": name, **figures} for name, figures in found.items()]
        for turn in turns[-len(found) :]:
            print(json.dumps(turn), file=sys.stderr, flush=True)
    return turns


async def _turn(
    options: argparse.Namespace,
    stack: Stack,
    persons: list[Person],
    conversations: list[str],
    group: str,
    long: str,
) -> dict[str, dict[str, Any]]:
    """All three workloads on the server as it runs now."""
    window = Window({name: [pid] for name, pid in stack.pids().items() if pid})
    async with shared_http(stack.url) as http:
        for person in persons:
            person.rest.http = http
        lines = await open_lines(stack.url, persons)
    everyone = [
        Pair(lines[2 * slot], lines[2 * slot + 1], conversation)
        for slot, conversation in enumerate(conversations)
    ]
    found = {"pairs": await pairs(everyone, window, seconds=options.seconds, in_flight=IN_FLIGHT)}
    found["room"] = await room(
        lines[0], lines[1:], group, window, seconds=options.seconds, in_flight=IN_FLIGHT
    )
    await close_lines(lines)
    args = stack.url, persons[:READERS], long, options.messages, window
    found["readers"] = await readers(*args, seconds=options.seconds)
    return found


def _report(numbers: list[int], turns: list[dict[str, Any]]) -> None:
    """Median (lowest to highest) of each, with the ratio of the medians and the cores."""
    print(
        f"{'workload':<10}{'processes':>10}{'a second':>28}{'ratio':>8}{'p99 ms':>9}"
        + "".join(f"{p:>10}" for p in PARTS)
    )
    for workload, rate in RATE.items():
        first = 0.0
        for number in numbers:
            chosen = [turn for turn in turns if (turn["workload"], turn["processes"]) == (workload, number)]
            low, middle, high = spread(turn[rate] for turn in chosen) or (0, 0, 0)
            first = first or middle
            cores = [_median(turn["cores"][part] for turn in chosen) for part in PARTS]
            told = f"{short(middle)} ({short(low)} to {short(high)})"
            line = f"{workload:<10}{number:>10}{told:>28}{middle / first:>8.2f}"
            print(
                line
                + f"{short(_median(turn['p99_ms'] for turn in chosen)):>9}"
                + "".join(f"{one:>10.2f}" for one in cores)
            )
    lost = sum(turn["lost"] for turn in turns)
    print(f"lost: {lost}; refused: {[text for turn in turns for text in turn.get('refused', [])] or 'none'}")


def _median(values: Any) -> float:
    found = spread(values)
    return found[1] if found else 0.0


if __name__ == "__main__":
    sys.exit(main())
