"""One connection of the `prayermap.v1` socket: questions by `ref`, news by callback, a heartbeat."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from bench.wire import SUBPROTOCOL

#: A page of `changes` may hold 100 texts of 10,000 emoji.
MAX_FRAME_BYTES = 32 * 1024 * 1024
#: No answer for this long: the connection is taken for dead, even if the kernel still trusts it.
ANSWER_SECONDS = 30.0


class Refused(Exception):
    """An `error` frame: `code`, `detail`, and `retry_after_s` when waiting helps."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.code, self.detail = str(data.get("code", "unknown")), data.get("detail")
        wait = data.get("retry_after_ms")
        self.retry_after_s = None if wait is None else wait / 1000
        super().__init__(f"{self.code}: {self.detail} {data.get('errors') or ''}")


class Lost(Exception):
    """The connection ended. `reconnect` is False for the codes from 4500 on: the server means it."""

    def __init__(self, code: int | None, retry_after_s: float = 0.0) -> None:
        self.code, self.retry_after_s = code, retry_after_s
        self.reconnect = code is None or code < 4500
        super().__init__(f"the socket closed with {code}")


class Socket:
    """An open socket after its `welcome`. `on_frame(frame)` gets every frame that answers no question."""

    def __init__(self, connection: ClientConnection, on_frame: Callable[[dict[str, Any]], None]) -> None:
        self.connection, self.on_frame = connection, on_frame
        self.welcome: dict[str, Any] = {}
        self._refs = itertools.count(1)
        self._questions: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._bye: dict[str, Any] = {}
        self._last_sent = time.monotonic()

    @classmethod
    async def open(cls, url: str, ticket: str, on_frame: Callable[[dict[str, Any]], None]) -> Self:
        """Connect to the server at `url` (http or https). Raises Lost for a bad ticket, OSError when away."""
        parts = urlsplit(url)
        address = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}/ws/v1/?ticket={ticket}"
        try:
            connection = await connect(
                address, subprotocols=[Subprotocol(SUBPROTOCOL)], max_size=MAX_FRAME_BYTES, ping_interval=None
            )
        except WebSocketException as refusal:  # a server that dies or starts answers half a handshake
            raise ConnectionError(str(refusal)) from None
        socket = cls(connection, on_frame)
        try:
            first = await socket._receive()
            if first["type"] != "welcome":  # `bye`: a browser could not have read a refused handshake
                raise Lost(first.get("data", {}).get("code"))
        except BaseException:  # an app that is closed at this moment as well
            socket.abort()
            raise
        socket.welcome = first["data"]
        return socket

    async def ask(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        """Send a frame with a `ref`; returns the data of its `ok`. Raises Refused or Lost."""
        ref = next(self._refs)
        answer = self._questions[ref] = asyncio.get_running_loop().create_future()
        try:
            await self._send({"type": kind, "ref": ref, "data": data})
            # Not wait_for(): that of Python 3.11 can swallow a cancellation.
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer
        except TimeoutError:
            self.abort()
            raise Lost(None) from None
        finally:
            self._questions.pop(ref, None)

    async def listen(self) -> None:
        """Take frames until the connection ends, pinging when silent; always raises Lost."""
        heart = asyncio.create_task(self._beat())
        try:
            while True:
                self._take(await self._receive())
        except Lost as lost:
            for question in self._questions.values():
                if not question.done():
                    question.set_exception(lost)
                    question.exception()  # seen: who asked may have been cancelled meanwhile
            raise
        finally:
            heart.cancel()

    def abort(self) -> None:
        """Cut the line without a goodbye, as a tunnel does."""
        self.connection.transport.abort()

    async def close(self) -> None:
        await self.connection.close()

    def _take(self, frame: dict[str, Any]) -> None:
        kind, question = frame["type"], self._questions.get(frame.get("ref", 0))
        if question is not None and not question.done():
            if kind == "error":
                question.set_exception(Refused(frame["data"]))
            else:
                question.set_result(frame.get("data", {}))
        elif kind == "bye":
            self._bye = frame["data"]
        elif kind == "batch":
            for inner in frame["data"]["frames"]:
                self._take(inner)
        else:
            self.on_frame(frame)

    async def _receive(self) -> dict[str, Any]:
        try:
            frame: dict[str, Any] = json.loads(await self.connection.recv())
        except ConnectionClosed as closed:
            raise self._lost(closed) from None
        return frame

    async def _send(self, frame: dict[str, Any]) -> None:
        self._last_sent = time.monotonic()
        try:
            await self.connection.send(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))
        except ConnectionClosed as closed:
            raise self._lost(closed) from None

    def _lost(self, closed: ConnectionClosed) -> Lost:
        code = closed.rcvd.code if closed.rcvd else None
        return Lost(self._bye.get("code", code), (self._bye.get("retry_after_ms") or 0) / 1000)

    async def _beat(self) -> None:
        every = float(self.welcome.get("heartbeat_s", 30))
        while True:
            await asyncio.sleep(max(0.0, self._last_sent + every - time.monotonic()))
            if time.monotonic() - self._last_sent >= every:
                await self.ask("ping", {})
