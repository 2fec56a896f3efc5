"""uvicorn with the life-cycle hooks and a drain."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from typing import Any

import uvicorn
from django.utils.module_loading import import_string
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from prayermap.server import drain
from prayermap.server.bodies import limit_bodies
from prayermap.server.compression import LongFramesFactory
from prayermap.server.lingering import LONGEST_SECONDS, Lingering, reset_when_closed, unacknowledged
from prayermap.server.listening import shared_socket
from prayermap.server.options import BACKLOG, DRAIN_SECONDS, FRAME_BYTES, Options


class ThriftyWebSocket(WebSocketsSansIOProtocol):
    """Compresses long frames only; its last frames arrive if the client reads them in time."""

    def __init__(self, config: uvicorn.Config, *args: Any, **options: Any) -> None:
        super().__init__(config, *args, **options)
        self.close_timeout = LONGEST_SECONDS  # `Lingering` is stricter
        self._lingering = Lingering(self._unread, self._end)
        if config.ws_per_message_deflate:
            self.conn.available_extensions = [LongFramesFactory()]

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.close_sent:
            self._lingering.start()

    def handle_close(self, event: Any) -> None:
        super().handle_close(event)
        self._lingering.start()

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
        self._lingering.start()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        super().on_task_complete(task)
        if not self.writable.is_set() and not self.close_sent:
            self._cut()  # the application could not say goodbye, because the client doesn't read

    def connection_lost(self, exc: Exception | None) -> None:
        self._lingering.stop()
        super().connection_lost(exc)

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


class DrainingServer(uvicorn.Server):
    """Runs the hooks itself, because sockets must hear the reason before uvicorn closes them with 1012."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await drain.start_hooks()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await drain.stop_hooks()
        await super().shutdown(sockets)


def serve(options: Options) -> int:
    """Serve until told to end; the exit status."""
    config = uvicorn.Config(
        limit_bodies(import_string(options.application.replace(":", ".")), options),
        host=options.host,
        port=options.port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        backlog=BACKLOG,
        ws_max_size=FRAME_BYTES,
        ws=ThriftyWebSocket,
        ws_per_message_deflate=options.deflate,
        access_log=False,
        log_config=None,
        server_header=False,
        # X-Forwarded-For is believed as far as TRUSTED_PROXIES says, not because it comes from this machine.
        proxy_headers=False,
        timeout_graceful_shutdown=int(DRAIN_SECONDS),
    )
    server = DrainingServer(config)
    shared = [shared_socket(options.host, options.port)] if options.is_shared else None
    for number in (signal.SIGTERM, signal.SIGINT):
        # Once it has ended, uvicorn raises the signal again for whoever listened before it: an end in order is no failure.
        signal.signal(number, lambda *_: None)
    try:
        server.run(shared)
    except SystemExit:
        if not server.started:
            print(options.port_taken, file=sys.stderr)
            return 1
        raise
    return 0 if server.started else 1
