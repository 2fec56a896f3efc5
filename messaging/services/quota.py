"""How many messages a person may send, over REST and sockets of this process together."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from prayermap.lib.rate import KeyedBuckets

_buckets = KeyedBuckets(lambda: (settings.MESSAGES_BURST, settings.MESSAGES_PER_SECOND))


def take_message(user_id: UUID) -> None:
    """Count one message. Raises RateLimited with the time until the next one."""
    _buckets.take(user_id)
