"""`python -m bench.size --messages 10000,1000000`: does it stay as quick when it is big?

For each size a stack of its own is filled through the same constraints (bench/size.sql): 24 months, one person for each
hundred messages, a long tail of group sizes up to 1,024, one conversation with a tenth of all messages. Then one reader,
who is in fifty conversations, asks for each path over one kept connection, again and again. Told: median and p99 in
milliseconds, the ratio to the first size, and bytes of a message. 10,000,000 need 20 GB of disk and most of an hour.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from bench.ids import client_id
from bench.people import Person, people
from bench.rest import API, shared_http
from bench.stack import Stack
from bench.stats import percentile

#: Of each path; the first tenth warms up and isn't counted.
REQUESTS = 330
#: Method, path and body of one request.
Request = tuple[str, str, Any]
ROOMY = """
SELECT sum(pg_relation_size(relid)), sum(pg_indexes_size(relid)), sum(pg_total_relation_size(relid))
FROM pg_partition_tree('message') WHERE isleaf
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.size", description=__doc__)
    parser.add_argument(
        "--messages", default="10000,1000000", help="sizes, separated by commas (%(default)s)"
    )
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="uvicorn")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.messages.split(",")]
    measured = []
    for size in sizes:
        stack = Stack(server=arguments.server)
        stack.env["LIMIT_SEARCH"] = "100000/minute"
        with stack:
            measured.append(asyncio.run(_measure(stack, size)))
    _report(sizes, measured)
    return 0


async def _measure(stack: Stack, size: int) -> dict[str, Any]:
    async with shared_http(stack.url) as http:
        reader, writer = await people(http, 2, stack)
        begun = time.monotonic()
        big = await asyncio.to_thread(_fill, stack, size, reader, writer)
        filled = time.monotonic() - begun
        _tell(f"{size:,} messages were made in {filled:.0f} s")
        figures = {}
        for name, requests in _paths(big, size).items():
            figures[name] = await _asked(reader, requests)
            _tell(f"  {name}: {figures[name]}")
        with psycopg.connect(stack.dsn) as connection:
            heap, indexes, whole = connection.execute(ROOMY).fetchone() or (0, 0, 0)
        return {
            "paths": figures,
            "filled_s": filled,
            "bytes": [int(part) / size for part in (heap, indexes, whole)],
        }


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


def _paths(big: str, size: int) -> dict[str, Callable[[], Request]]:
    """A maker of requests for each path."""
    places, newest = random.Random(7), size // 10
    room = f"/conversations/{big}/"
    reads: Iterator[int] = iter(range(max(1, newest - 20), newest + REQUESTS + 20))

    def middle() -> int:
        return places.randrange(newest // 4 + 2, max(newest // 4 + 3, newest * 3 // 4))

    return {
        "history, latest": lambda: ("GET", f"{room}messages/?limit=50", None),
        "history, anywhere": lambda: ("GET", f"{room}messages/?limit=50&before={middle()}", None),
        "conversations": lambda: ("GET", "/conversations/?limit=50", None),
        "one conversation": lambda: ("GET", room, None),
        "sync": lambda: ("POST", "/sync/", {}),
        "changes": lambda: ("GET", f"{room}changes/?after_rev={max(0, newest - 30)}", None),
        "search, a rare word": lambda: ("GET", "/messages/search/?q=needle", None),
        "receipt": lambda: ("POST", f"{room}receipts/", {"read": min(next(reads), newest)}),
        "send": lambda: (
            "POST",
            f"{room}messages/",
            {"type": "text", "content": "Peace", "client_id": client_id()},
        ),
        "nothing there (404)": lambda: ("GET", f"/conversations/{uuid4()}/", None),
    }


async def _asked(reader: Person, request: Callable[[], Request]) -> dict[str, float]:
    times = []
    headers = {"Authorization": f"Bearer {reader.rest.access}"}
    for _ in range(REQUESTS):
        method, path, body = request()
        begun = time.perf_counter()
        answer = await reader.rest.http.request(method, API + path, json=body, headers=headers)
        times.append((time.perf_counter() - begun) * 1_000)
        if answer.status_code not in (200, 201, 404):
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
    counted = times[REQUESTS // 10 :]
    return {f"p{point}": round(percentile(counted, point) or 0, 2) for point in (50, 99)}


def _report(sizes: list[int], measured: list[dict[str, Any]]) -> None:
    print(f"{'ms: median / p99':24}" + "".join(f"{size:>22,}" for size in sizes))
    first = measured[0]["paths"]
    for name, base in first.items():
        cells = []
        for each in measured:
            found = each["paths"][name]
            ratios = (
                ""
                if each is measured[0]
                else f" ({found['p50'] / base['p50']:.2f}, {found['p99'] / base['p99']:.2f})"
            )
            cells.append(f"{found['p50']:.1f} / {found['p99']:.1f}{ratios}")
        print(f"{name:24}" + "".join(f"{cell:>22}" for cell in cells))
    rows = zip(
        ("rows", "indexes", "together"), zip(*(each["bytes"] for each in measured), strict=True), strict=True
    )
    for name, parts in rows:
        print(f"{'bytes/message, ' + name:24}" + "".join(f"{part:>22.0f}" for part in parts))
    print(f"{'made in s':24}" + "".join(f"{each['filled_s']:>22.0f}" for each in measured))
    print(json.dumps(dict(zip(map(str, sizes), measured, strict=True))))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
