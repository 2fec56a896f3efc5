"""What the C library's allocator is told, on glibc; elsewhere nothing."""

from __future__ import annotations

import contextlib
import ctypes

_M_ARENA_MAX = -8  # <malloc.h>


def use_one_arena() -> None:
    """Before the first thread is made.

    glibc gives up to eight arenas a core to threads, and what is freed in one of them waits there for its next request:
    8 MB with a handful of request threads. They hardly meet in one, since Python's lock lets one of them run at a time.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Return to the system what is free: after the start 10 MB, which imports needed for a moment."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
