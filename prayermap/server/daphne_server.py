"""Daphne with the guard, the life-cycle hooks and a drain."""

from __future__ import annotations

import asyncio
import math
import signal
import sys
from typing import Any

import daphne.server
from daphne.http_protocol import HTTPFactory
from django.utils.module_loading import import_string

from prayermap.server import daphne_guard, drain
from prayermap.server.bodies import BODY, read_from_disk
from prayermap.server.listening import shared_socket
from prayermap.server.options import BACKLOG, DRAIN_SECONDS, FRAME_BYTES, Options

#: Installed by daphne's import above; Twisted publishes it as a module, which types can't follow.
reactor: Any = daphne.server.reactor

_AFTER_WHAT_WAITS = {"websocket.send", "websocket.close"}
#: Seconds for cancelled applications to notice.
CANCEL_SECONDS = 5.0


class GuardedServer(daphne.server.Server):  # type: ignore[misc]  # daphne has no types
    """Daphne's server with back-pressure, and an end in order instead of at once."""

    failed = False
    connections: dict[Any, dict[str, Any]]
    _ending: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Serve until told to end by SIGTERM or SIGINT."""
        loop = reactor._asyncioEventloop  # noqa: SLF001 - as daphne itself does
        asyncio.set_event_loop(loop)
        loop.run_until_complete(drain.start_hooks())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        super().run()

    def end(self) -> None:
        """Begin to end; a second call does nothing."""
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._end())

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, daphne_guard.GuardedRequest):
            scope[BODY] = protocol.take_body()
        queue = super().create_application(protocol, scope)
        running = self.connections.get(protocol, {}).get("application_instance")
        if running is not None and isinstance(protocol, daphne_guard.GuardedWebSocket):
            running.add_done_callback(lambda _: protocol.cut_if_stuck())
        return queue

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        if message["type"] in _AFTER_WHAT_WAITS and isinstance(protocol, daphne_guard.GuardedWebSocket):
            await protocol.flow.writable()
        await super().handle_reply(protocol, message)
        if message.get("more_body") and isinstance(protocol, daphne_guard.GuardedRequest):
            await protocol.hold_back().writable()

    def listen_error(self, failure: Any) -> None:
        self.failed = True
        super().listen_error(failure)

    async def _end(self) -> None:
        for listening in self.listeners:
            listening.addCallback(lambda port: port.stopListening())
        await drain.stop_hooks()
        end = asyncio.get_running_loop().time() + DRAIN_SECONDS
        # Daphne keeps its connections in a plain dictionary: nothing there tells when one goes.
        while self._busy() and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        # An application that swallows its cancellation must not keep the process alive.
        reactor.callLater(CANCEL_SECONDS, reactor.crash)
        self.stop()

    def kill_all_applications(self) -> Any:
        # Daphne trips over connections that have no application, such as a half-received request.
        self.connections = {
            protocol: details
            for protocol, details in self.connections.items()
            if "application_instance" in details
        }
        return super().kill_all_applications()

    def _busy(self) -> bool:
        """Whether a request is being answered; sockets were told to go by the hooks."""
        return any(
            isinstance(protocol, daphne_guard.GuardedRequest) and "disconnected" not in details
            for protocol, details in self.connections.items()
        )


def serve(options: Options) -> int:
    """Serve until told to end; the exit status."""
    daphne_guard.GuardedFactory.deflate = options.deflate
    daphne_guard.GuardedRequest.options = options
    daphne.server.WebSocketFactory = daphne_guard.GuardedFactory
    daphne.server.HTTPFactory = _GuardedHTTPFactory
    if options.is_shared:
        listener = shared_socket(options.host, options.port)
        endpoint = (
            f"fd:fileno={listener.fileno()}"  # which daphne takes for IPv4; see the parser of arguments
        )
    else:
        host = options.host.replace(":", r"\:")
        endpoint = f"tcp:port={options.port}:backlog={BACKLOG}:interface={host}"
    server = GuardedServer(
        application=read_from_disk(import_string(options.application.replace(":", "."))),
        endpoints=[endpoint],
        signal_handlers=False,
        websocket_max_message_size=FRAME_BYTES,
        websocket_max_frame_size=FRAME_BYTES,
        websocket_timeout=-1,  # the application ends sessions itself
        ping_interval=math.inf,  # as under uvicorn
        server_name="",
    )
    server.run()
    if server.failed:
        print(options.port_taken, file=sys.stderr)
        return 1
    return 0


class _GuardedHTTPFactory(HTTPFactory):  # type: ignore[misc]
    """Makes guarded requests."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = daphne_guard.GuardedRequest
        return protocol
