"""What both servers are told."""

from __future__ import annotations

from dataclasses import dataclass

#: A frame above the contract's 256 KiB is answered with an error by the application, which must see it for that;
#: one above this closes the socket (1009).
FRAME_BYTES = 1_048_576
#: Seconds that the hooks, and after them the running requests, get to finish when the server is asked to end.
DRAIN_SECONDS = 10.0
#: Connections that may wait to be accepted: a thousand clients come back at once after a restart.
BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Options:
    """Where and how to serve."""

    host: str
    port: int
    #: `module:name` of the ASGI application.
    application: str = "prayermap.asgi:application"
    #: permessage-deflate for clients that offer it: a fifth of the traffic for about twice the processor time.
    deflate: bool = False
    #: Bytes of a request's body. Daphne and Django keep the whole of it on disk before a view may refuse it.
    body_bytes: int = 33_554_432

    @property
    def address(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}:{self.port}/"

    @property
    def port_taken(self) -> str:
        return (
            f"Port {self.port} on {self.host} can't be opened: another program listens there, or it is reserved. "
            "Choose another one, for example with `make run PORT=8123`."
        )
