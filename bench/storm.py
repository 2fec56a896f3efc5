"""`python -m bench.storm`: many idle sockets on one process, and all of them coming back at once.

Sockets are opened with the token, as apps do that keep one. Told are the memory of each, the time to accept them; then all
lines break together, everybody comes back at once, as often as `bye` asks them to, and says `sync`: the time until the
last is whole, and what was refused meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import uvloop

from bench import machine
from bench.people import Person, people
from bench.rest import shared_http
from bench.stack import Stack
from bench.stats import latency
from bench.wire import RawSocket, open_socket

#: Handshakes under way at once while nobody hurries.
AT_ONCE = 50
PATIENCE_S = 300
_BEAT_S = 20
_SYNC = b'{"type":"sync","ref":1,"data":{"positions":{}}}'


class Guest:
    """Somebody who wants a socket, and comes back when told to."""

    def __init__(self, person: Person, refused: Counter[str]) -> None:
        self.person, self.refused = person, refused
        self.socket: RawSocket | None = None
        self.sent_away = 0
        self._answer: asyncio.Future[bytes]

    async def enter(self, url: str, *, sync: bool) -> None:
        """Until welcomed, and with `sync` until whole. Whoever is told `bye` waits as long as it says."""
        parts = urlsplit(url)
        while True:
            self._answer = asyncio.get_running_loop().create_future()
            try:
                self.socket = await open_socket(
                    str(parts.hostname), parts.port or 80, "/ws/v1/", self._take, self.person.rest.access
                )
                said = await asyncio.wait_for(self._answer, PATIENCE_S)
                if sync and b'"welcome"' in said[:48]:
                    self._answer = asyncio.get_running_loop().create_future()
                    self.socket.send(_SYNC)
                    said = await asyncio.wait_for(self._answer, PATIENCE_S)
                if b'"bye"' not in said[:48] and b'"error"' not in said[:48]:
                    return
                data = json.loads(said)["data"]
                self.refused[f"{data['code']}"] += 1
                self.sent_away += 1
                wait_s = data.get("retry_after_ms", 0) / 1000
                if not wait_s:
                    raise RuntimeError(f"refused without a time to come back: {said!r}")
            except (OSError, TimeoutError) as error:
                self.refused[type(error).__name__] += 1
                wait_s = 1.0
            self.leave()
            await asyncio.sleep(wait_s)

    def ping(self) -> None:
        if self.socket and not self.socket.transport.is_closing():
            self.socket.send(b'{"type":"ping"}')

    def leave(self) -> None:
        if self.socket:
            self.socket.close()

    def _take(self, payload: bytes) -> None:
        if not self._answer.done() and b'"pong"' not in payload[:48]:
            self._answer.set_result(payload)


async def measure(options: argparse.Namespace, stack: Stack) -> dict[str, Any]:
    http = shared_http(stack.url)
    refused: Counter[str] = Counter()
    guests = [Guest(person, refused) for person in await people(http, options.sockets, stack)]
    server = [pid for pid in [stack.pids()["server"]] if pid]
    empty_mb, start = machine.rss_mb(server), time.perf_counter()
    gate = asyncio.Semaphore(AT_ONCE)

    async def politely(guest: Guest) -> None:
        async with gate:
            await guest.enter(stack.url, sync=False)

    beating = asyncio.create_task(_beat(guests))
    await asyncio.gather(*map(politely, guests))
    accepted_s = time.perf_counter() - start
    await asyncio.sleep(5)
    held_mb = machine.rss_mb(server)
    returning = guests[: options.storm]
    for guest in returning:
        guest.leave()
        guest.sent_away = 0
    await asyncio.sleep(2)
    before, start, waits = Counter(refused), time.perf_counter(), []
    pids = {name: pid for name, pid in stack.pids().items() if pid}
    worked = {name: machine.cpu_seconds([pid]) for name, pid in pids.items()}

    async def storming(guest: Guest) -> None:
        await guest.enter(stack.url, sync=True)
        waits.append((time.perf_counter() - start) * 1e3)

    await asyncio.gather(*map(storming, returning))
    storm_s = time.perf_counter() - start
    worked = {name: round(machine.cpu_seconds([pid]) - worked[name], 1) for name, pid in pids.items()}
    beating.cancel()
    for guest in guests:
        guest.leave()
    await http.aclose()
    return {
        "sockets": len(guests),
        "accepted_s": round(accepted_s, 1),
        "kb_each": round((held_mb - empty_mb) * 1024 / len(guests), 1),
        "rss_mb": round(held_mb, 1),
        "storm": len(returning),
        "all_whole_s": round(storm_s, 1),
        "whole": latency(waits),
        "refused": dict(refused - before),
        "most_often": max(guest.sent_away for guest in returning),
        "cpu_s": worked,
        "is_alive": stack.pids()["server"] is not None,
    }


async def _beat(guests: list[Guest]) -> None:
    """Whoever only listens must ping, or the server takes the line for dead."""
    while True:
        await asyncio.sleep(_BEAT_S)
        for guest in guests:
            guest.ping()
            await asyncio.sleep(0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.storm", description=__doc__)
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="uvicorn")
    parser.add_argument(
        "--sockets", type=int, default=10_000, help="needs twice as many descriptors: ulimit -n"
    )
    parser.add_argument("--storm", type=int, default=5_000, help="how many of them come back at once")
    options = parser.parse_args()
    with Stack(server=options.server) as stack:
        print(json.dumps(uvloop.run(measure(options, stack))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
