"""Limits: a bucket in the process for what comes thousands of times a second, Valkey for what must be exact."""

from __future__ import annotations

import logging
import math
import time
from functools import cache

import redis
from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from .errors import RateLimited

logger = logging.getLogger(__name__)


class TokenBucket:
    """`burst` at once, then `per_second` sustained. Not thread-safe: one event loop or one lock owns it."""

    __slots__ = ("_stamp", "_tokens", "burst", "per_second")

    def __init__(self, *, burst: float, per_second: float) -> None:
        self.burst, self.per_second = burst, per_second
        self._tokens, self._stamp = burst, time.monotonic()

    def take(self, now: float | None = None) -> int:
        """0 when a token was there; else the milliseconds until the next one."""
        now = time.monotonic() if now is None else now
        self._tokens = min(self.burst, self._tokens + (now - self._stamp) * self.per_second)
        self._stamp = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0
        return math.ceil((1 - self._tokens) / self.per_second * 1000)

    @property
    def is_full(self) -> bool:
        """Nothing was taken lately: the bucket may be forgotten."""
        return self._tokens + (time.monotonic() - self._stamp) * self.per_second >= self.burst


def hit(name: str, key: str, limit: str | None = None) -> None:
    """Count one more `name` by `key`; `limit` as in `10/minute` (default: settings.LIMITS[name]).

    Raises RateLimited with the time to wait. Without Valkey nothing is limited: people can still sign in.
    """
    item = _parse(limit or settings.LIMITS[name])
    try:
        if _limiter().hit(item, name, key):
            return
        reset = _limiter().get_window_stats(item, name, key).reset_time
    except redis.RedisError:
        logger.warning("limit %s not counted: Valkey is away", name)
        return
    raise RateLimited(retry_after_ms=max(1, math.ceil((reset - time.time()) * 1000)))


@cache
def _parse(limit: str) -> RateLimitItem:
    return parse(limit)


@cache
def _limiter() -> MovingWindowRateLimiter:
    url = settings.REDIS_URL.replace("unix://", "redis+unix://", 1)
    return MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=False))
