"""The cheapest client ends for WebSocket and HTTP: what is measured should be the server.

A received text costs about 5 us here, several times less than in a general library, which matters when
client, server and PostgreSQL share two cores. `bench.client` is the one to read for writing a real client.
"""

from __future__ import annotations

import asyncio
import os
import socket
from base64 import b64encode
from collections.abc import Callable
from typing import cast

SUBPROTOCOL = "prayermap.v1"
_TEXT, _CLOSE, _PING = 0x81, 0x88, 0x89
_PONG_HEADER = 0x8A
#: RFC 6455 wants clients to mask; a key of zeros is the identity, and servers still unmask.
_ZERO_MASK = bytes(4)


class _End(asyncio.Protocol):
    """What both protocols share: a transport without the Nagle delay, and a buffer."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class
        sock: socket.socket = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self.transport.close()


class RawSocket(_End):
    """A WebSocket for unfragmented text frames. `on_text(payload)` is called for each, in order."""

    def __init__(self, host: str, path: str, on_text: Callable[[bytes], None], access: str = "") -> None:
        super().__init__()
        self.host, self.path, self.on_text, self.access = host, path, on_text, access
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.close_code: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {self.host}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
            f"Sec-WebSocket-Protocol: {SUBPROTOCOL}",
        ]
        if self.access:
            lines.append(f"Authorization: Bearer {self.access}")
        self.transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("the handshake was refused"))

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        if self.opened.done() or self._finish_handshake():
            self._take_frames()

    def _finish_handshake(self) -> bool:
        head, blank, rest = self.buffer.partition(b"\r\n\r\n")
        if not blank:
            return False
        if not head.startswith(b"HTTP/1.1 101"):
            self.opened.set_exception(ConnectionError(head[:200].decode("latin-1")))
            self.close()
            return False
        self.buffer = rest
        self.opened.set_result(None)
        return True

    def _take_frames(self) -> None:
        buffer, at, size = self.buffer, 0, len(self.buffer)
        while size - at >= 2:
            kind, length, body = buffer[at], buffer[at + 1] & 0x7F, at + 2
            if length > 125:
                wide = 2 if length == 126 else 8
                length, body = int.from_bytes(buffer[body : body + wide], "big"), body + wide
            if size < body + length:  # also when the length itself is not complete
                break
            at = body + length
            self._take(kind, buffer[body:at])
        self.buffer = buffer[at:]

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == _TEXT:
            self.on_text(payload)
        elif kind == _PING:
            self._write(_PONG_HEADER, payload)
        elif kind == _CLOSE:
            self.close_code = int.from_bytes(payload[:2], "big") if payload else None
            self.close()
        else:
            raise ConnectionError(f"unexpected frame 0x{kind:02x}")

    def send(self, payload: bytes) -> None:
        """Hand one text frame to the kernel or to the transport's buffer; never waits."""
        self._write(_TEXT, payload)

    def _write(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        if size < 126:
            head = bytes((kind, 0x80 | size))
        elif size < 65_536:
            head = bytes((kind, 0xFE)) + size.to_bytes(2, "big")
        else:
            head = bytes((kind, 0xFF)) + size.to_bytes(8, "big")
        self.transport.write(head + _ZERO_MASK + payload)


class RawHTTP(_End):
    """One keep-alive HTTP/1.1 connection with one request in flight."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self.answer and not self.answer.done():
            self.answer.set_exception(ConnectionError("the connection was closed before the answer"))

    async def get(self, head: bytes, body: bytes = b"") -> tuple[int, bytes]:
        """`head` is the whole request up to the blank line, without it. Returns (status, body)."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(head + b"\r\n\r\n" + body)
        return await self.answer

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, blank, body = self.buffer.partition(b"\r\n\r\n")
        if not blank or self.answer is None:
            return
        _, found, length = head.lower().partition(b"\r\ncontent-length:")
        if not found:
            self.answer.set_exception(ConnectionError("an answer without Content-Length"))
        elif len(body) >= int(length.split(b"\r\n", 1)[0]):
            self.buffer = b""
            self.answer.set_result((int(head[9:12]), body))


async def open_socket(
    host: str, port: int, path: str, on_text: Callable[[bytes], None], access: str = ""
) -> RawSocket:
    """Connect and shake hands. Raises ConnectionError when refused, TimeoutError after 30 s."""
    loop = asyncio.get_running_loop()
    _, end = await loop.create_connection(
        lambda: RawSocket(f"{host}:{port}", path, on_text, access), host, port
    )
    try:
        await asyncio.wait_for(end.opened, 30)
    except BaseException:
        end.close()  # as clients do that give up: else the server goes on to serve it
        raise
    return end


async def open_http(host: str, port: int) -> RawHTTP:
    """Connect; raises OSError when nobody listens."""
    _, end = await asyncio.get_running_loop().create_connection(RawHTTP, host, port)
    return end
