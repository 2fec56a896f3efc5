"""`python -m bench.steady --minutes 30`: does anything grow or slow down while people simply go on?

A hundred people, fifty pairs and ten groups of twelve; texts, receipts, typing, edits, deletions, reactions, pages of
history, lists, pictures, and people who go and come back, each at its rate, on one server process of its own. Every ten
seconds it looks; at the end it compares the first five minutes with the last. Exit status 1 when something was refused,
failed, was lost, or grew.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import uvloop

from bench import machine
from bench.people import Person, befriend, gather, people
from bench.stack import Stack
from bench.steady.acts import Acts, Room
from bench.steady.chart import chart
from bench.steady.device import Device
from bench.steady.looks import EVERY_S, Looks
from bench.steady.notes import Notes
from bench.steady.summary import checks, dead_rows, table, window_s, windows

PEOPLE, GROUPS, GROUP = 100, 10, 12


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.steady", description=__doc__)
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="daphne")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument(
        "--warm", type=float, default=60, metavar="SECONDS", help="load before the first look (%(default)s)"
    )
    parser.add_argument(
        "--rate", type=float, default=80, help="texts a second; everything else follows (%(default)s)"
    )
    parser.add_argument(
        "--growth", type=float, default=15, metavar="PERCENT", help="memory may grow by this (%(default)s)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("steady.json"), help="where the JSON goes (%(default)s)"
    )
    parser.add_argument("--chart", type=Path, help="where the SVG goes")
    options = parser.parse_args()
    if options.minutes < 1:
        parser.error("--minutes must be at least 1: a window at each end needs more than one look")
    return options


def main() -> int:
    options = parse()
    with Stack(server=options.server) as stack:
        run = uvloop.run(_measure(options, stack))
    run["checks"] = checks(run, growth=options.growth / 100)
    options.out.write_text(json.dumps(run, indent=1, default=str) + "\n")
    if options.chart:
        options.chart.write_text(chart(run["samples"], title=_title(run), told=_told(run)))
    print(table(run))
    return 0 if all(holds for holds, _ in run["checks"]) else 1


async def _measure(options: argparse.Namespace, stack: Stack) -> dict[str, Any]:
    # Kept for less long than servers keep a silent connection, so that none closes under a request.
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=32, keepalive_expiry=2)
    notes = Notes()
    async with httpx.AsyncClient(base_url=stack.url, limits=limits, timeout=60) as http:
        acts = await _world(stack, await people(http, PEOPLE, stack), notes)
        return await _run(options, stack, acts)


async def _world(stack: Stack, persons: list[Person], notes: Notes) -> Acts:
    devices = [Device(stack.url, person, notes) for person in persons]
    pairs = [
        Room(await befriend(a.person, b.person), [a, b])
        for a, b in zip(devices[::2], devices[1::2], strict=True)
    ]
    groups = []
    for number in range(GROUPS):
        chosen = [devices[(number * 10 + place * 7) % PEOPLE] for place in range(GROUP)]
        groups.append(Room(await gather(chosen[0].person, [one.person for one in chosen[1:]]), chosen))
    for device in devices:
        await device.enter()
    return Acts(pairs, groups, devices, notes)


async def _run(options: argparse.Namespace, stack: Stack, acts: Acts) -> dict[str, Any]:
    looks, is_over = Looks(stack, acts.notes), asyncio.Event()
    seconds = options.minutes * 60
    acting = asyncio.create_task(acts.run(options.rate, is_over.is_set))
    await asyncio.sleep(options.warm)
    gc.collect()
    gc.freeze()
    looks.start()
    begun = time.monotonic()
    for number in range(1, int(seconds / EVERY_S) + 1):
        await asyncio.sleep(max(0.0, begun + number * EVERY_S - time.monotonic()))
        _tell(looks.look())
    is_over.set()
    await acting
    behind = await _end(acts)
    length, found = window_s(seconds), windows(looks.samples, looks.ages, window_s(seconds))
    looks.close()
    # The waits above can still have refused something.
    looks.samples[-1]["refused"], looks.samples[-1]["errors"] = (
        dict(acts.notes.refused),
        dict(acts.notes.errors),
    )
    return {
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds)),
        "machine": machine.describe(),
        "options": {name: str(value) for name, value in vars(options).items()},
        "naptime_s": looks.naptime_s,
        "window_s": length,
        "windows": found,
        "dead_rows": dead_rows(looks.samples, found, length, looks.naptime_s),
        "cores": _mean_cores(looks.samples),
        "behind": behind,
        "samples": looks.samples,
    }


async def _end(acts: Acts) -> int:
    """Everybody goes: how many conversations had moved without their device knowing?"""
    await asyncio.sleep(2)
    behind = 0
    for device in acts.devices:
        if device.is_here:
            behind += await device.catch_up()
        await device.leave()
    return behind


def _mean_cores(samples: list[dict[str, Any]]) -> dict[str, float]:
    parts = samples[0]["cores"]
    return {name: round(sum(sample["cores"][name] for sample in samples) / len(samples), 2) for name in parts}


def _tell(sample: dict[str, Any]) -> None:
    latency = {what: f"{points['p50']}/{points['p99']}" for what, points in sample["latency"].items()}
    trouble = {**sample["refused"], **sample["errors"]}
    line = (
        f"{sample['at_s']:>7} s  {sample['server_rss_mb']} MB  {sample['server_descriptors']} fd  {latency}"
    )
    print(line, sample["cores"], trouble or "", file=sys.stderr, flush=True)


def _title(run: dict[str, Any]) -> str:
    return f"{run['samples'][-1]['at_s'] / 60:.0f} minutes of steady load on one process"


def _told(run: dict[str, Any]) -> str:
    first, last = run["windows"]["first"], run["windows"]["last"]

    def pair(name: str) -> str:
        return f"{first[name]:.0f} to {last[name]:.0f}"

    arrival = first["latency"]["arrival"]["p99"], last["latency"]["arrival"]["p99"]
    return (
        f"From the first {run['window_s']:.0f} seconds to the last: 99 of 100 messages arrived within {arrival[0]:.0f} "
        f"and {arrival[1]:.0f} ms; memory of the server {pair('server_rss_mb')} MB, of Valkey {pair('valkey_rss_mb')} MB; "
        f"open descriptors of the server {pair('server_descriptors')}. Dead rows stay around what autovacuum waits for."
    )


if __name__ == "__main__":
    sys.exit(main())
