"""How many messages a person may send, over REST and sockets of this process together."""

from __future__ import annotations

import threading
from uuid import UUID

from django.conf import settings

from prayermap.lib.errors import RateLimited
from prayermap.lib.rate import TokenBucket

_lock = threading.Lock()
_buckets: dict[UUID, TokenBucket] = {}
_FORGET_ABOVE = 10_000


def take_message(user_id: UUID) -> None:
    """Count one message. Raises RateLimited with the time until the next one."""
    with _lock:
        bucket = _buckets.get(user_id)
        if bucket is None:
            if len(_buckets) >= _FORGET_ABOVE:
                _forget_idle()
            bucket = _buckets[user_id] = TokenBucket(
                burst=settings.MESSAGES_BURST, per_second=settings.MESSAGES_PER_SECOND
            )
        wait_ms = bucket.take()
    if wait_ms:
        raise RateLimited(retry_after_ms=wait_ms)


def _forget_idle() -> None:
    for user_id in [user_id for user_id, bucket in _buckets.items() if bucket.is_full]:
        del _buckets[user_id]
