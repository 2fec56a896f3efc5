"""What the C library's allocator is told."""

from __future__ import annotations

import contextlib
import ctypes

_M_ARENA_MAX = -8  # <malloc.h>


def use_one_arena() -> None:
    """Before the first thread is made, on glibc; elsewhere it does nothing.

    glibc gives up to eight arenas a core to threads, and what one of them frees waits there for its next request: 8 MB
    with a handful of request threads. They hardly meet in one, since Python's lock lets one of them run at a time.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
