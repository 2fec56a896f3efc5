"""Text frames straight to the wire: an ASGI extension by which our server lets a socket write without a wait.

A scope that has it offers `{"write": Write}`; daphne's have not, and sockets send as ever there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

EXTENSION = "prayermap.write_texts"
_FINAL_TEXT = 0x81
_TWO_BYTES_FOLLOW = 126

#: Writes all of these frames now and returns True; False, and nothing is written, where they must be sent the ordinary way.
Write = Callable[[Sequence[str]], bool]


def writer_of(scope: dict[str, Any]) -> Write | None:
    """What this socket's server offers."""
    write: Write | None = scope.get("extensions", {}).get(EXTENSION, {}).get("write")
    return write


def short_text(data: bytes) -> bytes:
    """A whole text frame of a server, uncompressed (RFC 6455, section 5.2); `data` is UTF-8, at most 65,535 bytes."""
    if len(data) < _TWO_BYTES_FOLLOW:
        return bytes((_FINAL_TEXT, len(data))) + data
    return bytes((_FINAL_TEXT, _TWO_BYTES_FOLLOW, len(data) >> 8, len(data) & 0xFF)) + data
