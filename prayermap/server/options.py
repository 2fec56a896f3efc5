"""What both servers are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: A frame above the contract's 256 KiB is answered with an error by the application, which must see it for that;
#: one above this closes the socket (1009).
FRAME_BYTES = 1_048_576
#: Seconds that the hooks, and after them the running requests, get to finish when the server is asked to end.
DRAIN_SECONDS = 10.0
#: Connections that may wait to be accepted: thousands come back at once after a restart, and who finds no room tries again
#: after 1, 3, 7, 15 seconds. The kernel takes no more than net.core.somaxconn (4,096 on Linux).
BACKLOG = 8_192


def nobody(authorization: bytes) -> bool:
    """For an application that takes no uploads."""
    return False


@dataclass(frozen=True, slots=True)
class Options:
    """Where and how to serve."""

    host: str
    port: int
    #: `module:name` of the ASGI application.
    application: str = "prayermap.asgi:application"
    #: permessage-deflate of long frames, for clients that offer it.
    deflate: bool = True
    #: Whether other processes listen on the same port.
    is_shared: bool = False
    #: Bytes of a request's body. Daphne and Django keep the whole of it on disk before a view may refuse it.
    body_bytes: int = 33_554_432
    #: At this one address a body may be larger, if who sends it shows in `Authorization` that it may.
    upload_path: str = ""
    upload_bytes: int = 0
    may_upload: Callable[[bytes], bool] = nobody

    @property
    def address(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}:{self.port}/"

    def most_bytes(self, path: str, authorization: bytes) -> int:
        """How large the body of this request may be. Judged by its headers, before any of it is taken."""
        if path == self.upload_path and self.may_upload(authorization):
            return max(self.body_bytes, self.upload_bytes)
        return self.body_bytes

    @property
    def port_taken(self) -> str:
        return (
            f"Port {self.port} on {self.host} can't be opened: another program listens there, or it is reserved. "
            "Choose another one, for example with `make run PORT=8123`."
        )
