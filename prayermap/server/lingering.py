"""How long a connection may take to end: as long as its client goes on reading, within bounds.

What a server wrote last waits behind what the client has not read yet: on a slow line that is seconds of frames, on
one machine up to 10 MB in the two kernels. Who drops the connection before throws the goodbye away with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket
import struct
import termios
from collections.abc import Callable

LOOK_SECONDS = 1.0
#: Without a byte taken by the client. It also has this long to answer a close frame that it has read.
IDLE_SECONDS = 10.0
#: For a client that takes a little at a time.
LONGEST_SECONDS = 60.0


class Lingering:
    """Looks once a second at what the client has not taken yet, and ends the connection when that stays as it is."""

    def __init__(self, unread: Callable[[], int], end: Callable[[bool], None]) -> None:
        """`unread()` are bytes; `end(is_stuck)` drops the connection, at once when something waits that nobody takes."""
        self._unread, self._end = unread, end
        self._least = 0
        self._moved_at = self._ends_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._has_begun = False

    def start(self) -> None:
        """From now on the connection is to end; a second call does nothing."""
        if self._has_begun:
            return
        self._has_begun = True
        loop = asyncio.get_running_loop()
        self._least, self._moved_at = self._unread(), loop.time()
        self._ends_at = self._moved_at + LONGEST_SECONDS
        self._timer = loop.call_later(LOOK_SECONDS, self._look)

    def stop(self) -> None:
        """The connection has ended."""
        self._has_begun = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now, unread = loop.time(), self._unread()
        if unread < self._least:
            self._least, self._moved_at = unread, now
        if now - self._moved_at >= IDLE_SECONDS or now >= self._ends_at:
            self._timer = None
            self._end(unread > 0)
        else:
            self._timer = loop.call_later(LOOK_SECONDS, self._look)


def unacknowledged(descriptor: int) -> int:
    """Bytes in the kernel that the other side's has not acknowledged; 0 where the system doesn't say (not Linux)."""
    try:
        return int(struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, b"\0\0\0\0"))[0])
    except OSError:
        return 0


def reset_when_closed(descriptor: int) -> None:
    """The kernel shall forget what nobody takes, too: else it goes on offering it for minutes."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
