"""A signed-in person's socket for load: ready-made frames out, texts in, nothing else decoded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

from bench.ids import client_id
from bench.people import Person
from bench.wire import RawHTTP, RawSocket, open_http, open_socket

_NEW, _OK, _ERROR, _BYE = b'"message.new"', b'"ok"', b'"error"', b'"bye"'
_CONTENT = b'"content":"'
#: A frame names its type within its first bytes, whichever way its keys are ordered.
_HEAD = 48


class Line:
    """`on_text(content)` gets the beginning of each text as raw JSON bytes; `on_ok()` each acknowledgement."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.on_text: Callable[[bytes], None] | None = None
        self.on_ok: Callable[[], None] | None = None
        self.refused: list[bytes] = []
        self.socket: RawSocket
        self._welcome: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._heart: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str, person: Person) -> Self:
        """Ticket, handshake, welcome. Raises ConnectionError when the server says `bye` instead."""
        line, parts = cls(person), urlsplit(url)
        path = f"/ws/v1/?ticket={await person.rest.ticket()}"
        line.socket = await open_socket(str(parts.hostname), parts.port or 80, path, line._take)
        welcome = json.loads(await asyncio.wait_for(line._welcome, 30))
        line._heart = asyncio.create_task(line._beat(welcome["data"]["heartbeat_s"]))
        return line

    async def _beat(self, every: float) -> None:
        """Whoever only listens must ping, or the server takes the line for dead."""
        while True:
            await asyncio.sleep(every)
            self.socket.send(b'{"type":"ping"}')

    def send(self, conversation: str, content: str) -> None:
        """One text, on its way at once. `content` must need no escaping in JSON."""
        self.socket.send(
            (
                f'{{"type":"message.send","ref":1,"data":{{"conversation":"{conversation}",'
                f'"client_id":"{client_id()}","type":"text","content":"{content}"}}}}'
            ).encode()
        )

    def ask(self, kind: str, data: dict[str, object]) -> None:
        """Any other question; its answer arrives at `on_ok`."""
        self.socket.send(json.dumps({"type": kind, "ref": 1, "data": data}).encode())

    def close(self) -> None:
        if self._heart:
            self._heart.cancel()
        self.socket.close()

    def _take(self, payload: bytes) -> None:
        if payload.find(_NEW, 0, _HEAD) >= 0:
            if self.on_text:
                self.on_text(payload[payload.find(_CONTENT) + len(_CONTENT) :])
        elif payload.find(_OK, 0, _HEAD) >= 0:
            if self.on_ok:
                self.on_ok()
        elif payload.find(_ERROR, 0, _HEAD) >= 0 or payload.find(_BYE, 0, _HEAD) >= 0:
            self.refused.append(payload[:300])
            if not self._welcome.done():
                self._welcome.set_exception(ConnectionError(payload[:300].decode()))
        elif not self._welcome.done():
            self._welcome.set_result(payload)


async def open_lines(url: str, persons: list[Person], at_once: int = 8) -> list[Line]:
    """A socket for each of them, in their order."""
    gate = asyncio.Semaphore(at_once)

    async def one(person: Person) -> Line:
        async with gate:
            return await Line.open(url, person)

    return list(await asyncio.gather(*(one(person) for person in persons)))


async def close_lines(lines: list[Line]) -> None:
    for line in lines:
        line.close()
    await asyncio.sleep(0.5)


async def open_rest(url: str) -> RawHTTP:
    """A keep-alive connection for timing requests one after the other."""
    parts = urlsplit(url)
    return await open_http(str(parts.hostname), parts.port or 80)


def get_head(url: str, path: str, access: str) -> bytes:
    """The bytes of a GET, without the closing blank line."""
    host = urlsplit(url).netloc
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {access}\r\nAccept: application/json".encode()
