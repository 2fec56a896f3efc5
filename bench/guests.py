"""`python -m bench.guests`: a part of `bench.storm`'s clients, in a process with descriptors of its own.

It is told what to do line by line on standard input, and answers each line with one of JSON:
`{"url": …, "access": […]}`, then `open`, `leave N`, `storm N`, and the end of the input.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import uvloop

from bench.wire import RawSocket, open_socket
from prayermap.server.descriptors import raise_limit

#: Handshakes of this process under way at once while nobody hurries.
AT_ONCE = 25
PATIENCE_S = 300
_BEAT_S = 20
_SYNC = b'{"type":"sync","ref":1,"data":{"positions":{}}}'


class Guest:
    """Somebody who wants a socket, and comes back when told to."""

    def __init__(self, access: str, refused: Counter[str]) -> None:
        self.access, self.refused = access, refused
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
                    str(parts.hostname), parts.port or 80, "/ws/v1/", self._take, self.access
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


class Guests:
    """All of this process."""

    def __init__(self, url: str, access: list[str]) -> None:
        self.url = url
        self.refused: Counter[str] = Counter()
        self.all = [Guest(one, self.refused) for one in access]

    async def open(self) -> dict[str, Any]:
        gate = asyncio.Semaphore(AT_ONCE)

        async def politely(guest: Guest) -> None:
            async with gate:
                await guest.enter(self.url, sync=False)

        await asyncio.gather(*map(politely, self.all))
        return {"refused": dict(self.refused)}

    async def leave(self, number: int) -> dict[str, Any]:
        for guest in self.all[:number]:
            guest.leave()
            guest.sent_away = 0
        self.refused.clear()
        return {}

    async def storm(self, number: int) -> dict[str, Any]:
        """They come back at once; after how many milliseconds each is whole."""
        start, waits = time.perf_counter(), []

        async def one(guest: Guest) -> None:
            await guest.enter(self.url, sync=True)
            waits.append((time.perf_counter() - start) * 1e3)

        await asyncio.gather(*map(one, self.all[:number]))
        most_often = max((guest.sent_away for guest in self.all[:number]), default=0)
        return {"waits": waits, "refused": dict(self.refused), "most_often": most_often}

    async def beat(self) -> None:
        """Whoever only listens must ping, or the server takes the line for dead."""
        while True:
            await asyncio.sleep(_BEAT_S)
            for guest in self.all:
                guest.ping()
                await asyncio.sleep(0)


async def _obey() -> None:
    lines = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    guests = Guests(**json.loads(await lines.readline()))
    beating = asyncio.create_task(guests.beat())
    print("{}", flush=True)
    while line := (await lines.readline()).decode().split():
        word, *number = line
        print(json.dumps(await getattr(guests, word)(*map(int, number))), flush=True)
    beating.cancel()


if __name__ == "__main__":
    raise_limit()
    uvloop.run(_obey())
