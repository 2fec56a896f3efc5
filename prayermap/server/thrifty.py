"""uvicorn's WebSocket with back-pressure to the end, and less of it kept for each open socket."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from prayermap.lib import wire
from prayermap.server.compression import LEAST, LongFramesFactory
from prayermap.server.lingering import LONGEST_SECONDS, Lingering, reset_when_closed, unacknowledged
from prayermap.server.waiting import Gate, Mailbox

_LONG_FRAMES = [LongFramesFactory()]


class ThriftyWebSocket(WebSocketsSansIOProtocol):
    """Compresses long frames only; its last frames arrive if the client reads them in time."""

    def __init__(self, config: uvicorn.Config, *args: Any, **options: Any) -> None:
        super().__init__(config, *args, **options)
        self.queue = Mailbox()  # type: ignore[assignment]
        self.writable = Gate()  # type: ignore[assignment]
        self.close_timeout = LONGEST_SECONDS  # `Lingering` is stricter
        self._lingering: Lingering | None = None
        if config.ws_per_message_deflate:
            self.conn.available_extensions = _LONG_FRAMES

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.handshake_initiated and not self.handshake_complete:
            self.scope["extensions"][wire.EXTENSION] = {"write": self.write_texts}

    def write_texts(self, texts: Sequence[str]) -> bool:
        """Write short frames in one piece, where `send` would neither wait nor raise; False where it would, or one is long.

        Between the two stand a task that wakes up, and for each frame five coroutines and a call of the system
        (docs/performance.md, Straight to the wire).
        """
        if self.close_sent or self.disconnected or not self.writable.is_set() or self.transport.is_closing():
            return False
        if not self.handshake_complete or self.conn.state is not State.OPEN:
            return False
        frames = []
        for text in texts:
            data = text.encode()
            if len(data) >= LEAST:
                return False
            frames.append(wire.short_text(data))
        self.transport.write(b"".join(frames))
        return True

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.close_sent:
            self._linger()
        elif message["type"] == "websocket.accept" and self.handshake_complete:
            self._forget_handshake()

    def _forget_handshake(self) -> None:
        """Nobody asks for it again: 3 kB a socket. The parser keeps the request, whose headers are most of it."""
        self.request.headers.clear()
        del self.request, self.response

    def handle_close(self, event: Any) -> None:
        super().handle_close(event)
        self._linger()

    def handle_parser_exception(self) -> None:
        """A broken frame: the client reads the close frame and the end, what follows from it is thrown away.

        uvicorn closes at once, and what it has not read then makes the kernel reset the connection, so that a client
        in the middle of a frame above the limit never saw the 1009.
        """
        if self.close_sent or self.conn.close_sent is None or self.transport.is_closing():
            return
        code, reason = self.conn.close_sent.code, self.conn.close_sent.reason
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.transport.write_eof()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)
        self._linger()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        super().on_task_complete(task)
        if not self.writable.is_set() and not self.close_sent:
            self._cut()  # the application could not say goodbye, because the client doesn't read

    def connection_lost(self, exc: Exception | None) -> None:
        if self._lingering is not None:
            self._lingering.stop()
        super().connection_lost(exc)

    def _linger(self) -> None:
        """From now on the connection is to end; a second call does nothing."""
        if self._lingering is None and not self.disconnected:
            self._lingering = Lingering(self._unread, self._end)
            self._lingering.start()

    def _unread(self) -> int:
        waiting = self.transport.get_write_buffer_size()
        return waiting + unacknowledged(self._descriptor())

    def _end(self, is_stuck: bool) -> None:  # noqa: FBT001 - called by position
        if is_stuck:
            self._cut()
        else:
            self.transport.close()

    def _cut(self) -> None:
        reset_when_closed(self._descriptor())
        self.transport.abort()

    def _descriptor(self) -> int:
        return int(self.transport.get_extra_info("socket").fileno())
