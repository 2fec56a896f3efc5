"""Group commit: one writer a process and kind of write commits whatever gathered while the last commit ran.

No delay is added when it is idle; batches grow with the load (measured: 1,000 messages/s at batch 1, 3,300 at 5,
6,500 at 20). The whole batch is one statement, which takes the writers' role and is a transaction of its own.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Generic, NamedTuple

import psycopg

from prayermap.lib.db import as_jsonb
from prayermap.lib.errors import Invalid, Unavailable
from prayermap.lib.hot import hot
from prayermap.lib.pipelines import connect

from .telling import Finish, Job, Telling

logger = logging.getLogger(__name__)

MAX_BATCH = 500
_BACKOFF_S = (0.05, 0.2, 0.5, 1.0, 2.0)
_DRAIN_S = 10
#: Of a batch that PostgreSQL ended to break a circle of waiting.
_TRIES = 3


class Pending(NamedTuple, Generic[Job]):
    """A request to the batch function, and what its sender needs when it is answered."""

    request: dict[str, Any]
    job: Job


def _by_conversation(pending: Pending[Any]) -> int:
    """What a batch is sorted by: told conversation by conversation, a socket's frames leave in fewer pieces."""
    return int(pending.request["conversation"])


class BatchWriter(Generic[Job]):
    """`submit` from the event loop; `finish` gets each job with its row, or an ApiError, after the commit.

    `function` of PostgreSQL takes the writers' role itself. Batches begin at least `every_s` apart (0: each at once after
    the one before), but for full ones.
    """

    def __init__(self, function: str, finish: Finish[Job], every_s: float = 0.0) -> None:
        self._statement = f"SELECT * FROM {function}(%s)"  # noqa: S608 - a constant of this code base
        self._telling = Telling(finish)
        self._every_s, self._began = every_s, -every_s
        self._waiting: list[Pending[Job]] = []
        self._wake = asyncio.Event()
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_ending = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Commit what is waiting (10 s at most), then end."""
        self._is_ending = True
        self._wake.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=_DRAIN_S)
            self._task.cancel()
        await self._telling.finish()
        await self._disconnect()

    def submit(self, request: dict[str, Any], job: Job) -> None:
        """Queue a request. Raises Unavailable when the queue is full: it never grows without bound."""
        if self._is_ending or len(self._waiting) >= hot.WRITER_QUEUE:
            raise Unavailable
        self._waiting.append(Pending(request, job))
        self._wake.set()

    async def _run(self) -> None:
        while True:
            if not self._waiting:
                if self._is_ending:
                    return
                self._wake.clear()
                await self._wake.wait()
                continue
            if len(self._telling) > MAX_BATCH:
                await self._telling.finish()
            await self._gather()
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            batch.sort(key=_by_conversation)
            await self._commit(batch)

    async def _gather(self) -> None:
        """Wait until the next batch may begin."""
        clock = asyncio.get_running_loop().time
        pause = self._began + self._every_s - clock()
        if pause > 0 and len(self._waiting) < MAX_BATCH and not self._is_ending:
            await asyncio.sleep(pause)
        self._began = clock()

    async def _commit(self, batch: list[Pending[Job]], tries: int = _TRIES) -> None:
        try:
            rows = await self._call(batch)
        except psycopg.errors.DeadlockDetected:
            # Undone for certain. Sends and marks take their locks in one order; what else may hold these rows need not.
            if tries > 1:
                logger.info("a batch of %d met another one in a circle and is tried again", len(batch))
                await self._commit(batch, tries - 1)
            else:
                self._telling.add((pending.job, Unavailable()) for pending in batch)
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError):
            # Committed or not: the clients find out by sending again with the same client_id.
            logger.warning("a batch of %d was not answered by PostgreSQL", len(batch))
            self._telling.add((pending.job, Unavailable()) for pending in batch)
            await self._reconnect()
        except psycopg.Error as error:
            await self._one_by_one(batch, error)
        else:
            self._telling.add((batch[row.ord].job, row) for row in rows)

    async def _one_by_one(self, batch: list[Pending[Job]], error: psycopg.Error) -> None:
        """One request that breaks a rule must not fail its neighbours."""
        if len(batch) > 1:
            for pending in batch:
                await self._commit([pending])
            return
        logger.warning("a request was refused by PostgreSQL: %s", error.sqlstate)
        refused = (
            Invalid() if isinstance(error, psycopg.IntegrityError | psycopg.DataError) else Unavailable()
        )
        self._telling.add([(batch[0].job, refused)])

    async def _call(self, batch: list[Pending[Job]]) -> list[Any]:
        connection = await self._connected()
        for ord_, pending in enumerate(batch):
            pending.request["ord"] = ord_
        requests = as_jsonb([pending.request for pending in batch])
        cursor = await connection.cursor(binary=True).execute(self._statement, [requests], prepare=True)
        return await cursor.fetchall()

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await connect()
        return self._connection

    async def _reconnect(self) -> None:
        await self._disconnect()
        for pause in _BACKOFF_S:
            if self._is_ending:
                return
            try:
                await self._connected()
            except (psycopg.Error, OSError):
                await asyncio.sleep(pause)
            else:
                return

    async def _disconnect(self) -> None:
        if self._connection is not None:
            try:
                await self._connection.close()
            except psycopg.Error:
                logger.debug("closing a broken connection", exc_info=True)
            self._connection = None
