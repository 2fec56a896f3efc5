"""Answers of committed batches: in their order, a little at a time, while PostgreSQL has the next batch already."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

logger = logging.getLogger(__name__)

#: A text in a room of 1,000 is told in one piece, which takes some 5 ms; a hundred texts of pairs take as long.
_SLICE_S = 0.0005

Job = TypeVar("Job")
#: Gets a job with its row, or with the ApiError that it met.
Finish = Callable[[Job, Any], None]


class Telling(Generic[Job]):
    """Runs `finish` for each answer. The event loop comes round between two slices, so that the next commit goes on.

    Without it PostgreSQL waited while a batch was told: W1 of the peers' benchmark left a third of both cores idle.
    """

    def __init__(self, finish: Finish[Job]) -> None:
        self._finish = finish
        self._answers: deque[tuple[Job, Any]] = deque()
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._answers)

    def add(self, answers: Iterable[tuple[Job, Any]]) -> None:
        """Tell as many as go into a slice at once, the others soon."""
        self._answers.extend(answers)
        if self._task is None or self._task.done():
            self._tell_some()
            if self._answers:
                self._task = asyncio.create_task(self._tell_others())

    async def finish(self) -> None:
        """Until all are told."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _tell_others(self) -> None:
        while self._answers:
            await asyncio.sleep(0)
            self._tell_some()

    def _tell_some(self) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + _SLICE_S
        while self._answers:
            try:
                self._finish(*self._answers.popleft())
            except Exception:  # what is committed is committed; clients repair by `rev`
                logger.exception("a committed request could not be told")
            if clock() > end:
                return
