"""Room for sockets: each takes a file descriptor, and many systems allow 1,024 unless asked for more."""

from __future__ import annotations

import resource

WANTED = 65_536


def raise_limit() -> int:
    """Raise this process's own limit as far as the system lets it; returns the limit that holds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    possible = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < possible:
        resource.setrlimit(resource.RLIMIT_NOFILE, (possible, hard))
        return possible
    return soft
