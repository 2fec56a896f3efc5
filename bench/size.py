"""`python -m bench.size --messages 10000,1000000`: does it stay as quick when it is big?

For each size a stack of its own is filled through the same constraints (bench/size.sql): 24 months, one person for each
hundred messages, a long tail of group sizes up to 1,024, one conversation with a tenth of all messages. Then one reader
of each, who is in fifty conversations, asks for each path over one kept connection, again and again; the sizes take
turns, so that the machine's other work falls on all of them. Told: median and p99 in milliseconds, the ratio to the
first size, and bytes of a message.

10,000,000 need 20 GB of disk and most of an hour. With `--directory` what was filled stays there, and is asked again the
next time without filling it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from bench.ids import client_id
from bench.people import Person, people
from bench.rest import API, shared_http
from bench.stack import Stack
from bench.stats import percentile

#: Of each path and size, in this many turns; the first turn warms up and isn't counted.
TURNS, REQUESTS = 11, 60
#: Method, path and body of one request.
Request = tuple[str, str, Any]
ROOMY = """
SELECT sum(pg_relation_size(relid)), sum(pg_indexes_size(relid)), sum(pg_total_relation_size(relid))
FROM pg_partition_tree('message') WHERE isleaf
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.size", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--messages", default="10000,1000000", help="sizes, separated by commas (%(default)s)"
    )
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="uvicorn")
    parser.add_argument("--directory", type=Path, help="keep the databases here, and use those that are here")
    parser.add_argument("--fill", action="store_true", help="make the databases and ask nothing yet")
    arguments = parser.parse_args()
    with ExitStack() as stacks:
        places = []
        for size in map(int, arguments.messages.split(",")):
            kept = arguments.directory and arguments.directory.absolute() / f"size-{size}"
            stack = Stack(server=arguments.server, directory=kept)
            stack.env |= {"LIMIT_SEARCH": "100000/minute", "ACCESS_TOKEN_SECONDS": str(30 * 86_400)}
            places.append(Place(size, stacks.enter_context(stack)))
            places[-1].fill()
        if not arguments.fill:
            asyncio.run(_measure(places))
            _report(places)
    return 0


class Place:
    """One size: its stack, its reader, and what was measured there."""

    def __init__(self, size: int, stack: Stack) -> None:
        self.size, self.stack = size, stack
        self.filled: dict[str, Any] = {}
        self.bytes: list[float] = []
        self.paths: dict[str, dict[str, float]] = {}

    @property
    def headers(self) -> dict[str, str]:
        """Of the reader's requests."""
        return {"Authorization": f"Bearer {self.filled['access']}"}

    def fill(self) -> None:
        """Unless its directory says that it was filled before."""
        mark = self.stack.directory / "filled.json"
        if not mark.exists():
            self.filled = asyncio.run(_filled(self.stack, self.size))
            mark.write_text(json.dumps(self.filled))
            _tell(f"{self.size:,} messages were made in {self.filled['seconds']:.0f} s")
        self.filled = json.loads(mark.read_text())
        with psycopg.connect(self.stack.dsn) as connection:
            self.bytes = [int(part) / self.size for part in connection.execute(ROOMY).fetchone() or (0, 0, 0)]


async def _filled(stack: Stack, size: int) -> dict[str, Any]:
    async with shared_http(stack.url) as http:
        reader, writer = await people(http, 2, stack)
    begun = time.monotonic()
    big = await asyncio.to_thread(_fill, stack, size, reader, writer)
    return {"seconds": time.monotonic() - begun, "big": big, "access": reader.rest.access}


async def _measure(places: list[Place]) -> None:
    async with AsyncExitStack() as opened:
        readers = [await opened.enter_async_context(shared_http(place.stack.url)) for place in places]
        paths = [await _paths(http, place) for http, place in zip(readers, places, strict=True)]
        for name in paths[0]:
            times: list[list[float]] = [[] for _ in places]
            for turn in range(TURNS):
                for number, place in enumerate(places):
                    took = await _asked(readers[number], place.headers, paths[number][name])
                    times[number] += took if turn else []
            for place, counted in zip(places, times, strict=True):
                place.paths[name] = {
                    f"p{point}": round(percentile(counted, point) or 0, 2) for point in (50, 99)
                }
            _tell(f"{name}: {[place.paths[name] for place in places]}")


def _fill(stack: Stack, size: int, reader: Person, writer: Person) -> str:
    """The id of the conversation with a tenth of the messages."""
    values = {
        "rows": size,
        "people": max(1_500, size // 100),
        "talks": max(200, size // 100),
        "reader": reader.id,
        "writer": writer.id,
    }
    text = Path(__file__).with_name("size.sql").read_text()
    with psycopg.connect(stack.dsn, autocommit=True) as connection:
        connection.execute("SET work_mem = '256MB'")
        connection.execute("SET ROLE prayermap_owner")  # months belong to the owner
        psycopg.ClientCursor(connection).execute(text, values)
        connection.execute("VACUUM ANALYZE")
        connection.execute("RESET ROLE")
        connection.execute("CHECKPOINT")
        (big,) = connection.execute(
            "SELECT id::text FROM conversation WHERE title = 'Size 1'"
        ).fetchone() or ("",)
    return str(big)


async def _paths(http: httpx.AsyncClient, place: Place) -> dict[str, Callable[[], Request]]:
    """A maker of requests for each path."""
    room = f"/conversations/{place.filled['big']}/"
    answer = await http.get(API + room, headers=place.headers)
    rev, latest = (answer.raise_for_status().json()[name] for name in ("rev", "latest_seq"))
    places, sent = random.Random(7), itertools.count(latest + 1)

    def middle() -> int:
        return places.randrange(latest // 4 + 2, latest * 3 // 4 + 3)

    return {
        "history, latest": lambda: ("GET", f"{room}messages/?limit=50", None),
        "history, anywhere": lambda: ("GET", f"{room}messages/?limit=50&before={middle()}", None),
        "conversations": lambda: ("GET", "/conversations/?limit=50", None),
        "one conversation": lambda: ("GET", room, None),
        "sync": lambda: ("POST", "/sync/", {}),
        "changes": lambda: ("GET", f"{room}changes/?after_rev={max(0, rev - 30)}", None),
        "search, a rare word": lambda: ("GET", "/messages/search/?q=needle", None),
        "send": lambda: (
            "POST",
            f"{room}messages/",
            {"type": "text", "content": "Peace", "client_id": client_id()},
        ),
        "receipt": lambda: ("POST", f"{room}receipts/", {"read": next(sent)}),
        "nothing there (404)": lambda: ("GET", f"/conversations/{uuid4()}/", None),
    }


async def _asked(
    http: httpx.AsyncClient, headers: dict[str, str], request: Callable[[], Request]
) -> list[float]:
    """Milliseconds of each request of one turn."""
    times = []
    for _ in range(REQUESTS):
        method, path, body = request()
        begun = time.perf_counter()
        answer = await http.request(method, API + path, json=body, headers=headers)
        times.append((time.perf_counter() - begun) * 1_000)
        if answer.status_code not in (200, 201, 404):
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
    return times


def _report(places: list[Place]) -> None:
    print(f"{'ms: median / p99':24}" + "".join(f"{place.size:>26,}" for place in places))
    for name, base in places[0].paths.items():
        cells = []
        for place in places:
            found = place.paths[name]
            ratios = f" ({found['p50'] / base['p50']:.2f}, {found['p99'] / base['p99']:.2f})"
            cells.append(f"{found['p50']:.1f} / {found['p99']:.1f}{ratios if found is not base else ''}")
        print(f"{name:24}" + "".join(f"{cell:>26}" for cell in cells))
    for number, name in enumerate(("rows", "indexes", "together")):
        print(f"{'bytes/message, ' + name:24}" + "".join(f"{place.bytes[number]:>26.0f}" for place in places))
    print(f"{'made in s':24}" + "".join(f"{place.filled['seconds']:>26.0f}" for place in places))
    print(json.dumps({place.size: {"paths": place.paths, "bytes": place.bytes} for place in places}))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
