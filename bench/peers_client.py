"""One person in the peers' benchmark: a raw socket, and REST over a kept connection."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from core.settings import HOST  # type: ignore[import-not-found]
from core.wire import open_http, open_ws  # type: ignore[import-not-found]
from drivers.base import Client  # type: ignore[import-not-found]

from bench.ids import client_id

_CONTENT, _CONVERSATION, _SEQ = b'"content":"', b'"conversation":"', b'"seq":'
#: The length of that benchmark's texts, which need no escaping in JSON.
BODY = 60


class PrayerMapClient(Client):  # type: ignore[misc]
    """`send` never waits; received texts go to `on_text`, which the benchmark sets."""

    def __init__(self, port: int, person: dict[str, str]) -> None:
        self.port, self.id, self.access = port, person["id"], person["access"]
        self.http: Any = None
        self.welcome: asyncio.Future[bytes]
        self.heart: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        ticket = (await self.call("POST", "/ws/ticket/", {}))["ticket"]
        self.welcome = asyncio.get_running_loop().create_future()
        headers = ("Sec-WebSocket-Protocol: prayermap.v1",)
        self.conn = await open_ws(self.port, f"/ws/v1/?ticket={ticket}", self._frame, headers=headers)
        first = await asyncio.wait_for(self.welcome, 30)
        if b'"welcome"' not in first:
            raise ConnectionError(first[:300])
        self.heart = asyncio.create_task(self._beat(json.loads(first)["data"]["heartbeat_s"]))

    async def _beat(self, every: float) -> None:
        """Whoever only listens must ping, or the server takes the line for dead."""
        while True:
            await asyncio.sleep(every)
            self.conn.send(b'{"type":"ping"}')

    async def close(self) -> None:
        if self.heart:
            self.heart.cancel()
        self.conn.close()
        if self.http:
            self.http = self.http.close()

    def _frame(self, raw: bytes) -> None:
        if self.on_text and raw.find(b'"message.new"', 0, 48) >= 0:
            at = raw.find(_CONTENT) + len(_CONTENT)
            self.on_text(raw[at : at + BODY])
        elif raw.find(b'"error"', 0, 48) >= 0 or raw.find(b'"bye"', 0, 48) >= 0:
            raise RuntimeError(raw[:300])
        elif not self.welcome.done():
            self.welcome.set_result(raw)

    def send(self, conv: str, body: bytes) -> None:
        self.conn.send(
            b'{"type":"message.send","ref":1,"data":{"conversation":"%b","client_id":"%b","type":"text","content":"%b"}}'
            % (conv.encode(), client_id().encode(), body)
        )

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """A REST call on a connection of its own: servers close one that is idle for seconds."""
        status, answer = await self._request(method, path, b"" if body is None else json.dumps(body).encode())
        self.http = self.http.close()
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer[:300]!r}")
        return json.loads(answer) if answer else None

    async def _request(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        if self.http is None:
            self.http = await open_http(self.port)
        head = f"{method} /api/v1{path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {self.access}"
        head += "\r\nContent-Type: application/json" if body else ""
        answer: tuple[int, bytes] = await self.http.request(head.encode(), body)
        return answer

    async def page(self, conv: str, before: str | None, limit: int) -> int:
        place = f"&before={before}" if before else ""
        status, body = await self._request("GET", f"/conversations/{conv}/messages/?limit={limit}{place}")
        if status != 200:
            raise RuntimeError(f"messages: {status} {body[:300]!r}")
        return body.count(_CONTENT)


class ReceiptingClient(PrayerMapClient):
    """Says what has reached it, as an app does: a mark for each conversation, at most four times a second."""

    EVERY_S = 0.25

    def __init__(self, port: int, person: dict[str, str]) -> None:
        super().__init__(port, person)
        self.reached: dict[bytes, bytes] = {}

    def _frame(self, raw: bytes) -> None:
        super()._frame(raw)
        if raw.find(b'"message.new"', 0, 48) >= 0:
            if not self.reached:
                asyncio.get_running_loop().call_later(self.EVERY_S, self._mark)
            at = raw.find(_CONVERSATION) + len(_CONVERSATION)
            seq = raw.find(_SEQ) + len(_SEQ)
            self.reached[raw[at : at + 36]] = raw[seq : raw.find(b",", seq)]

    def _mark(self) -> None:
        reached, self.reached = self.reached, {}
        for conversation, seq in reached.items():
            data = b'"conversation":"%b","delivered":%b' % (conversation, seq)
            self.conn.send(b'{"type":"receipt","data":{%b}}' % data)
