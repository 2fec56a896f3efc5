"""Limits: a bucket in the process for what comes thousands of times a second, Valkey for what must be exact."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Hashable
from functools import cache

import redis
from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from .absent import absent
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

    def give_back(self) -> None:
        """What was taken last counts nothing."""
        self._tokens = min(self.burst, self._tokens + 1)

    @property
    def is_full(self) -> bool:
        """Nothing was taken lately: the bucket may be forgotten."""
        return self._tokens + (time.monotonic() - self._stamp) * self.per_second >= self.burst


class KeyedBuckets:
    """A bucket for each person or address, shared by the process's threads; idle ones are forgotten.

    `rate` gives (burst, per_second) when a bucket is made, so that settings may change between tests.
    """

    _FORGET_ABOVE = 10_000

    def __init__(self, rate: Callable[[], tuple[float, float]]) -> None:
        self._rate = rate
        self._lock = threading.Lock()
        self._buckets: dict[Hashable, TokenBucket] = {}

    def take(self, key: Hashable) -> None:
        """Count one more. Raises RateLimited with the time until the next one."""
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                if len(self._buckets) >= self._FORGET_ABOVE:
                    self._forget_idle()
                burst, per_second = self._rate()
                bucket = self._buckets[key] = TokenBucket(burst=burst, per_second=per_second)
            wait_ms = bucket.take()
        if wait_ms:
            raise RateLimited(retry_after_ms=wait_ms)

    def give_back(self, key: Hashable) -> None:
        """One that was taken is counted elsewhere."""
        with self._lock:
            if bucket := self._buckets.get(key):
                bucket.give_back()

    def clear(self) -> None:
        self._buckets.clear()

    def _forget_idle(self) -> None:
        for key in [key for key, bucket in self._buckets.items() if bucket.is_full]:
            del self._buckets[key]


def burst_of(name: str) -> tuple[float, float]:
    """settings.LIMITS[name] for a bucket: (burst, per_second)."""
    item = _parse(settings.LIMITS[name])
    return item.amount, item.amount / item.get_expiry()


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


def forgive(name: str, key: str) -> None:
    """Count from nothing again: it was no guess."""
    try:
        _limiter().clear(_parse(settings.LIMITS[name]), name, key)
    except redis.RedisError:
        logger.warning("limit %s not cleared: Valkey is away", name)


@cache
def _parse(limit: str) -> RateLimitItem:
    return parse(limit)


@cache
def _limiter() -> MovingWindowRateLimiter:
    url = settings.REDIS_URL.replace("unix://", "redis+unix://", 1)
    with absent(
        "valkey"
    ):  # limits loads a second client library, uses neither of its parts, and it takes 4 MB
        return MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=False))
