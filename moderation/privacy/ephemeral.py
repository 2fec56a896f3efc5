"""What Valkey knows of a person: counters of limits, when they were last here. All of it ends by itself in 30 days."""

from __future__ import annotations

import logging
from hashlib import sha256
from uuid import UUID

import redis

from prayermap.lib.valkey import client

logger = logging.getLogger(__name__)
_SCAN = 1_000


def forget_ephemeral(*, user_id: UUID, address: str) -> int:
    """Delete the keys that name this person or the digest of their address, and tickets; how many there were."""
    names = (str(user_id), sha256(address.encode()).hexdigest())
    try:
        found = [key for name in names for key in client().scan_iter(match=f"*{name}*", count=_SCAN)]
        found += [key for key in client().scan_iter(match="ticket:*", count=_SCAN) if _is_of(key, user_id)]
        return int(client().delete(*found)) if found else 0
    except redis.RedisError as error:
        logger.warning("Valkey's keys of an erased person run out by themselves: %s", type(error).__name__)
        return 0


def _is_of(ticket: bytes, user_id: UUID) -> bool:
    value = client().get(ticket)
    return isinstance(value, bytes) and str(user_id).encode() in value
