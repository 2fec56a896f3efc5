"""How many messages a person may send, and how many change, over REST and sockets of this process together; and how
often another part of the map may be watched.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from prayermap.lib.rate import KeyedBuckets, burst_of

_buckets = KeyedBuckets(lambda: (settings.MESSAGES_BURST, settings.MESSAGES_PER_SECOND))
_changes = KeyedBuckets(lambda: (settings.MESSAGES_BURST, settings.MESSAGES_PER_SECOND))

_watches = KeyedBuckets(lambda: burst_of("map"))


def take_message(user_id: UUID) -> None:
    """Count one message. Raises RateLimited with the time until the next one."""
    _buckets.take(user_id)


def take_change(user_id: UUID) -> None:
    """Count one change that everybody in a conversation is told: an edit, a reaction, a pin. Raises RateLimited."""
    _changes.take(user_id)


def take_watch(user_id: UUID) -> None:
    """Count one more box of the map that a socket watches. Raises RateLimited."""
    _watches.take(user_id)
