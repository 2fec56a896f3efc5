"""permessage-deflate under daphne, as `compression` agrees it under uvicorn, whose processes need no autobahn (12 MB)."""

from __future__ import annotations

from typing import Any

from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept

from prayermap.server.compression import MEMORY_LEVEL, WINDOW_BITS
from prayermap.server.options import FRAME_BYTES


def accept_deflate(offers: list[Any]) -> Any:
    """daphne's side: the client's first offer, or None. The limit cuts off a small frame that unpacks to gigabytes.

    A client that says so may be asked to keep nothing and to use a small window; of others 40 kB are kept once they
    have sent something compressed.
    """
    for offer in offers:
        if isinstance(offer, PerMessageDeflateOffer):
            return PerMessageDeflateOfferAccept(  # type: ignore[no-untyped-call]
                offer,
                request_no_context_takeover=offer.accept_no_context_takeover,
                request_max_window_bits=WINDOW_BITS if offer.accept_max_window_bits else 0,
                no_context_takeover=True,
                window_bits=WINDOW_BITS,
                mem_level=MEMORY_LEVEL,
                max_message_size=FRAME_BYTES,
            )
    return None
