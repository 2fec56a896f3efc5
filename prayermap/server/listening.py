"""A socket to listen on beside other processes."""

from __future__ import annotations

import socket

from prayermap.server.options import BACKLOG


def shared_socket(host: str, port: int) -> socket.socket:
    """Listening on a port that others of the same user share (SO_REUSEPORT): the kernel deals new connections out.

    A socket that they inherited instead would be accepted from in bursts by whichever process wakes first: libuv
    accepts until nothing waits. Raises OSError when the address can't be had.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.settimeout(0)
    except OSError:
        listener.close()
        raise
    return listener
