"""`python -m bench.plain`: what does everything that makes REST safe cost, beside a bare Django that does nothing else?

Both serve from one process under the same server, on the same PostgreSQL, in turns: POST of a message, GET of the latest
50, GET of the list of 20 conversations, with 1 and with 8 clients that each have one request in flight. Ours asks who it
is, counts, acts under row-level security, numbers the message, tells its readers; bench/bare.py inserts or selects.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psycopg
import uvloop

from bench import machine
from bench.ids import client_id
from bench.line import close_lines, open_lines, open_rest
from bench.people import befriend, people
from bench.rest import API, shared_http
from bench.stack import ROOT, Stack, free_port
from bench.stats import latency, spread
from bench.workloads.history import fill

CLIENTS, CONVERSATIONS, MESSAGES = 8, 20, 200
PATHS = ("POST message", "GET 50 messages", "GET 20 conversations")
#: What a message causes after its answer is counted to it: notifications come two seconds later.
AFTER_S = 3.0
TEXT = "peace be with you and with your house and all who come to it"


class Side(NamedTuple):
    """One of the two: where it is, its process, and the bytes of the next request of a client for a path."""

    url: str
    pid: int
    request: Callable[[str, int], tuple[bytes, bytes]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.plain", description=__doc__)
    parser.add_argument("--servers", default="uvicorn,daphne", help="separated by commas (%(default)s)")
    parser.add_argument("--seconds", type=float, default=5, help="of each turn (%(default)s)")
    parser.add_argument("--repeat", type=int, default=3, help="turns of each side (%(default)s)")
    parser.add_argument("--out", type=Path, help="where the JSON goes")
    options = parser.parse_args()
    results = {}
    for kind in options.servers.split(","):
        with Stack(server=kind) as stack:
            results[kind] = uvloop.run(_measure(options, stack))
        _report(kind, results[kind])
    if options.out:
        options.out.write_text(json.dumps({"machine": machine.describe(), "turns": results}, indent=1) + "\n")
    return 0


async def _measure(options: argparse.Namespace, stack: Stack) -> list[dict[str, Any]]:
    ours = await _ours(stack)
    process, url = await asyncio.to_thread(_start_bare, stack)
    postgres = stack.pids()["postgres"] or 0
    turns = []
    try:
        sides = {"ours": ours, "bare": Side(url, process.pid, _bare_request(url))}
        for path, clients, _ in itertools.product(PATHS, (1, CLIENTS), range(options.repeat)):
            for name, side in sides.items():
                turn = await _turn(side, path, clients, options.seconds, postgres)
                turns.append({"side": name, "path": path, "clients": clients, **turn})
                print(json.dumps(turns[-1]), file=sys.stderr, flush=True)
    finally:
        process.terminate()
        process.wait()
    return turns


async def _ours(stack: Stack) -> Side:
    async with shared_http(stack.url) as http:
        persons = await people(http, CLIENTS + CONVERSATIONS, stack)
        readers, friends = persons[:CLIENTS], persons[CLIENTS:]
        rooms = [[await befriend(reader, friend) for friend in friends] for reader in readers]
        lines = await open_lines(stack.url, readers)
        for line, room in zip(lines, rooms, strict=True):
            await fill(line, room[0], MESSAGES)
        await close_lines(lines)

    def request(path: str, client: int) -> tuple[bytes, bytes]:
        where = "/conversations/?limit=50"
        if path != PATHS[2]:
            where = f"/conversations/{rooms[client][0]}/messages/" + ("?limit=50" if path == PATHS[1] else "")
        said = {"type": "text", "client_id": client_id(), "content": TEXT} if path == PATHS[0] else None
        return _request(stack.url, API + where, said, readers[client].rest.access)

    pid = stack.pids()["server"]
    assert pid is not None
    return Side(stack.url, pid, request)


def _bare_request(url: str) -> Callable[[str, int], tuple[bytes, bytes]]:
    def request(path: str, client: int) -> tuple[bytes, bytes]:
        where = f"/{'conversations' if path == PATHS[2] else 'messages'}/{client + 1}/"
        said = {"client_id": client_id(), "content": TEXT} if path == PATHS[0] else None
        return _request(url, where, said)

    return request


def _request(url: str, path: str, said: dict[str, Any] | None, access: str = "") -> tuple[bytes, bytes]:
    """The bytes up to the blank line, and the body."""
    body = json.dumps(said).encode() if said else b""
    lines = [f"{'POST' if said else 'GET'} {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}"]
    lines += [f"Authorization: Bearer {access}"] if access else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if said else []
    return "\r\n".join([*lines, "Accept: application/json"]).encode(), body


def _start_bare(stack: Stack) -> tuple[subprocess.Popen[bytes], str]:
    """The bare application beside ours: its process and its address."""
    schema = Path(__file__).with_name("bare.sql").read_text()
    with psycopg.connect(stack.dsn, autocommit=True) as connection:
        values = {"clients": CLIENTS, "messages": MESSAGES, "conversations": CONVERSATIONS}
        psycopg.ClientCursor(connection).execute(schema, values)
        connection.execute("ANALYZE bare_message, bare_conversation")
    port = str(free_port())
    command = {
        "uvicorn": [
            "-m",
            "uvicorn",
            "--port",
            port,
            "--no-access-log",
            "--log-level",
            "warning",
            "--lifespan",
            "off",
        ],
        "daphne": ["-m", "daphne", "-b", "127.0.0.1", "-p", port, "-v", "0"],
    }[stack.kind]
    environment = {**os.environ, "BARE_DATABASE": stack.dsn}
    with (stack.directory / "bare.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command, "bench.bare:application"],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        with suppress(OSError):
            asyncio.run(_try(url))
            return process, url
        time.sleep(0.1)
    process.terminate()
    raise RuntimeError(
        f"The bare application did not start: {(stack.directory / 'bare.log').read_text()[-2_000:]}"
    )


async def _try(url: str) -> None:
    (await open_rest(url)).close()


async def _turn(side: Side, path: str, clients: int, seconds: float, postgres: int) -> dict[str, Any]:
    """`clients` connections, each with the next request as soon as the last was answered."""
    ages, end = list[float](), time.perf_counter() + seconds
    before = [machine.cpu_seconds([pid]) for pid in (side.pid, postgres)]

    async def one(client: int) -> None:
        http = await open_rest(side.url)
        while time.perf_counter() < end:
            head, body = side.request(path, client)
            begun = time.perf_counter()
            status, answer = await http.get(head, body)
            if status not in (200, 201):
                raise RuntimeError(f"{path}: {status} {answer[:300]!r}")
            ages.append((time.perf_counter() - begun) * 1e3)
        http.close()

    await asyncio.gather(*map(one, range(clients)))
    await asyncio.sleep(AFTER_S)
    after = [machine.cpu_seconds([pid]) for pid in (side.pid, postgres)]
    cpu = [round((now - then) * 1e3 / len(ages), 3) for then, now in zip(before, after, strict=True)]
    return {
        "per_s": round(len(ages) / seconds, 1),
        **latency(ages),
        "server_ms": cpu[0],
        "postgres_ms": cpu[1],
    }


def _report(kind: str, turns: list[dict[str, Any]]) -> None:
    """Medians of the turns, and how many times more bare Django does."""
    figures = ("per_s", "p50_ms", "p99_ms", "server_ms", "postgres_ms")
    print(f"{kind:<24}{'clients':>8}{'side':>6}" + "".join(f"{name:>13}" for name in figures))
    for path, clients in itertools.product(PATHS, (1, CLIENTS)):
        medians = {}
        for side in ("ours", "bare"):
            chosen = [
                turn
                for turn in turns
                if (turn["side"], turn["path"], turn["clients"]) == (side, path, clients)
            ]
            found = [spread(turn[name] for turn in chosen) for name in figures]
            medians[side] = [middle[1] for middle in found if middle]
            shown = "".join(f"{value:>13.2f}" for value in medians[side])
            print(f"{path:<24}{clients:>8}{side:>6}{shown}")
        ratios = [
            ours / bare if bare else 0 for ours, bare in zip(medians["ours"], medians["bare"], strict=True)
        ]
        print(f"{'':<32}{'ratio':>6}" + "".join(f"{ratio:>13.2f}" for ratio in ratios))


if __name__ == "__main__":
    sys.exit(main())
