"""uvicorn with the life-cycle hooks and a drain."""

from __future__ import annotations

import signal
import socket
import sys

from django.utils.module_loading import import_string

from prayermap.lib.absent import absent
from prayermap.server import drain
from prayermap.server.bodies import limit_bodies
from prayermap.server.listening import shared_socket
from prayermap.server.options import BACKLOG, DRAIN_SECONDS, FRAME_BYTES, Options

with absent("watchfiles"):  # for reloading while one develops: 2 MB
    import uvicorn

from prayermap.server.thrifty import ThriftyWebSocket


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
        # The application ends the socket of whoever says nothing for two heartbeats. Pings beside it would wake a phone
        # every 20 s, also one that may be silent for two minutes, and close with 1011, of which no client knows.
        ws_ping_interval=None,
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
