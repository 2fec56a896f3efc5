"""Connections to Valkey: one pool for the process's threads, one for each event loop."""

from __future__ import annotations

import asyncio
from functools import cache
from weakref import WeakKeyDictionary

import redis
import redis.asyncio as aioredis
from django.conf import settings

_TIMEOUT_S = 2.0
_async_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, aioredis.Redis] = WeakKeyDictionary()


@cache
def client() -> redis.Redis:
    """The thread-safe client. Raises redis.RedisError (also a ConnectionError) when Valkey is away."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_TIMEOUT_S,
        health_check_interval=30,
    )


def async_client() -> aioredis.Redis:
    """The client of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _async_clients:
        _async_clients[loop] = aioredis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S
        )
    return _async_clients[loop]
