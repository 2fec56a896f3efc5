"""Tell every server process what has just been committed.

News travels over the channel layer, which is at-most-once: it carries only what PostgreSQL can tell again.
A process with a real-time hub installs itself as the carrier; any other (a command, a test) hands its news
straight to the layer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)

GROUP = "news"
#: The origin of what a process without a hub says, which numbers nothing and listens to nobody.
NO_SERVER = ""
Payload = TypeVar("Payload", bound=msgspec.Struct)
Item = tuple[str, bytes]  # topic and MessagePack payload
Carrier = Callable[[list[Item]], None]
Handler = Callable[[Any], None]

_handlers: dict[str, tuple[msgspec.msgpack.Decoder[Any], Handler]] = {}
_carrier: Carrier | None = None


class SessionEnded(msgspec.Struct, frozen=True):
    """Close this session's sockets with this code (see the contract, section 5)."""

    session: str
    code: int
    reason: str


class UserSuspended(msgspec.Struct, frozen=True):
    """Close all of this person's sockets."""

    user: str
    code: int
    reason: str


class BlocksChanged(msgspec.Struct, frozen=True):
    """Read this person's blocks again."""

    user: str


def publish_on_commit(topic: str, *payloads: msgspec.Struct, using: str = "default") -> None:
    """Send the news once the surrounding transaction has committed, together; nothing if it rolls back."""
    items = [(topic, msgspec.msgpack.encode(payload)) for payload in payloads]
    transaction.on_commit(lambda: carry(items), using=using)


def carry(items: list[Item]) -> None:
    """Hand news to the process's carrier. News lost here is found again by `rev`, so a failure is only logged."""
    try:
        (_carrier or _to_layer)(items)
    except Exception:
        logger.warning("news not carried: %s", ", ".join(topic for topic, _ in items), exc_info=True)


def handle(topic: str, payload_type: type[Payload], handler: Callable[[Payload], None]) -> None:
    """Let `handler` run on the hub's event loop for each news of this topic."""
    _handlers[topic] = (msgspec.msgpack.Decoder(payload_type), handler)


def dispatch(items: list[Item]) -> None:
    """Run the handlers of these news in this process; an unknown topic is from a newer version, and skipped."""
    for topic, raw in items:
        if topic in _handlers:
            decoder, handler = _handlers[topic]
            handler(decoder.decode(raw))


def set_carrier(carrier: Carrier | None) -> None:
    """The hub's way to take (and give back) the process's news."""
    global _carrier
    _carrier = carrier


def _to_layer(items: list[Item]) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async_to_sync(layer.group_send)(GROUP, {"type": "news", "origin": NO_SERVER, "number": 0, "items": items})
