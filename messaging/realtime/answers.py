"""`ok` and `error`: exactly one for each client frame with a `ref`."""

from __future__ import annotations

from typing import Any

import msgspec

from prayermap.lib.errors import ApiError

from .sockets import Socket

_encode = msgspec.json.Encoder(enc_hook=str).encode


def answer_ok(socket: Socket, ref: str | int | None, data: Any = None) -> None:
    if ref is not None:
        body = {"type": "ok", "ref": ref} if data is None else {"type": "ok", "ref": ref, "data": data}
        socket.push_now(_encode(body).decode())


def answer_error(socket: Socket, ref: str | int | None, error: ApiError) -> None:
    """An error is told even without a `ref`: nothing a client sends disappears without a word."""
    body: dict[str, Any] = {"type": "error", "data": error.as_frame_data()}
    if ref is not None:
        body["ref"] = ref
    socket.push_now(_encode(body).decode())
