"""Who is active on a connected device: in Valkey, with an expiry, so that any worker can ask."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from uuid import UUID

import redis

from prayermap.lib.valkey import async_client, client

logger = logging.getLogger(__name__)
#: An active device counts for so long after its server process last said so; processes say so more often.
ACTIVE_S = 45
_AT_ONCE = 1_000


def active_key(user_id: UUID) -> str:
    """A sorted set: server processes by the Unix second until which the person is active there."""
    return f"active:{user_id}"


async def note_active(user_ids: Iterable[UUID], process: str) -> None:
    """These people have a device in use on this process. Without Valkey nobody is known to be active."""
    until = int(time.time()) + ACTIVE_S
    wanted = list(user_ids)
    try:
        for start in range(0, len(wanted), _AT_ONCE):
            pipe = async_client().pipeline(transaction=False)
            for user_id in wanted[start : start + _AT_ONCE]:
                pipe.zadd(active_key(user_id), {process: until})  # type: ignore[unused-awaitable]  # sent by execute
                pipe.expire(active_key(user_id), ACTIVE_S)  # type: ignore[unused-awaitable]
            await pipe.execute()
    except redis.RedisError:
        logger.debug("activity not noted", exc_info=True)


async def note_inactive(user_ids: Iterable[UUID], process: str) -> None:
    """They have put away the last device that they used on this process."""
    wanted = list(user_ids)
    try:
        for start in range(0, len(wanted), _AT_ONCE):
            pipe = async_client().pipeline(transaction=False)
            for user_id in wanted[start : start + _AT_ONCE]:
                pipe.zrem(active_key(user_id), process)  # type: ignore[unused-awaitable]
            await pipe.execute()
    except redis.RedisError:
        logger.debug("activity not noted", exc_info=True)


def active_people(user_ids: Iterable[UUID], *, now: float | None = None) -> set[UUID]:
    """Those who are active on some device. Without Valkey: nobody, so nothing is held back for long."""
    wanted = list(user_ids)
    if not wanted:
        return set()
    since = int(time.time() if now is None else now)
    pipe = client().pipeline(transaction=False)
    for user_id in wanted:
        pipe.zcount(active_key(user_id), since, "+inf")
    try:
        counts = pipe.execute()
    except redis.RedisError:
        logger.warning("who is active is not known: Valkey is away")
        return set()
    return {user_id for user_id, count in zip(wanted, counts, strict=True) if count}
