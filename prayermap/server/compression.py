"""permessage-deflate for both servers: of long frames only, and without anything kept between two of them.

A frame below a kilobyte shrinks by a third at most when it is compressed alone, and most frames are that short; pages of
`changes` and a `batch` shrink to a fifth. What it costs and saves, and why texts of several people may share a
compressed frame, is in docs/decisions/0013-long-frames-are-compressed.md.
"""

from __future__ import annotations

from typing import Any

from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.frames import Frame, Opcode

#: Bytes from which on a frame is compressed.
LEAST = 1_024
#: A window of 4 KiB: 17 kB for as long as a frame is compressed, instead of 260.
WINDOW_BITS, MEMORY_LEVEL = 12, 5


class LongFrames(PerMessageDeflate):
    """uvicorn's side. A message may go uncompressed whatever was agreed (RFC 7692, section 6)."""

    def encode(self, frame: Frame) -> Frame:
        if frame.opcode is not Opcode.CONT and frame.fin and len(frame.data) < LEAST:
            return frame
        return super().encode(frame)


class LongFramesFactory(ServerPerMessageDeflateFactory):
    """Agrees with a client that offers it."""

    def __init__(self) -> None:
        super().__init__(
            server_no_context_takeover=True,
            client_no_context_takeover=True,
            server_max_window_bits=WINDOW_BITS,
            client_max_window_bits=WINDOW_BITS,
            compress_settings={"memLevel": MEMORY_LEVEL},
        )

    def process_request_params(self, *args: Any, **options: Any) -> Any:
        parameters, agreed = super().process_request_params(*args, **options)
        return parameters, LongFrames(
            agreed.remote_no_context_takeover,
            agreed.local_no_context_takeover,
            agreed.remote_max_window_bits,
            agreed.local_max_window_bits,
            agreed.compress_settings,
        )
