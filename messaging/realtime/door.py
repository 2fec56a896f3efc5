"""The door of a process: how many arrivals are under way at once, and when the others shall come back.

After a restart or a break of the network everybody comes at once. Let in together they would all wait for the last,
most of them for longer than a client waits, and who gives up begins anew. So few are let in at a time and are done in
a moment, some wait for their turn, and everybody else hears at once when theirs will be. A refusal reads no ticket and
asks nobody, so that a ticket stays good; it costs a tenth of an arrival. docs/performance.md has the figures.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable
from typing import Self

#: For each that is under way so many may wait: three to five seconds.
WAITING_EACH = 32
#: What an arrival takes of the process's time, until it has been measured.
FIRST_PACE_S = 0.01
#: A pause of the machine doesn't make the line seem ten times as long.
_LONGEST_GAP_S = 0.1
#: Of the last hundred or so.
_WEIGHT = 0.01
#: Nobody is asked to wait for longer, however long the line.
LONGEST_S = 60.0
_SHORTEST_S = 0.5
_JITTER = 0.1


class Full(Exception):
    """More come than can be let in: come back after `retry_after_ms`."""

    def __init__(self, retry_after_ms: int) -> None:
        self.retry_after_ms = retry_after_ms
        super().__init__(retry_after_ms)


class Gone(Exception):
    """Who waited has gone before the turn came."""


class Turn:
    """A place among those under way, until `end()` or the end of the block; a second call does nothing."""

    __slots__ = ("_door",)

    def __init__(self, door: Door) -> None:
        self._door: Door | None = door

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        if self._door is not None:
            door, self._door = self._door, None
            door.let_next_in()


class Door:
    """Of one process, on its event loop."""

    def __init__(self, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._clock = at_once, clock
        self._under_way = 0
        self._waiting: dict[asyncio.Future[None], None] = {}  # in order
        #: Seconds from the end of one arrival to the end of the next, while others wait.
        self._pace_s = FIRST_PACE_S
        #: When the last one ended; None: that says nothing, because nobody waited, or refusals took the time.
        self._measured_from: float | None = None
        #: When the last of those who were sent away shall come.
        self._line_ends = 0.0

    async def turn(self, gone: Callable[[], asyncio.Future[None]] = asyncio.Future) -> Turn:
        """At once, or after those who came before.

        Raises Full where too many wait already, Gone when what `gone()` gave is done before.
        """
        if self._under_way < self._at_once:
            self._under_way += 1
            return Turn(self)
        if len(self._waiting) >= self._at_once * WAITING_EACH:
            self._measured_from = None
            raise Full(self._retry_after_ms())
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[place] = None
        try:
            await asyncio.wait([place, gone()], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if place.done() and not place.exception():
                self.let_next_in()  # the turn had just come
            self._waiting.pop(place, None)
            raise
        if not place.done():
            del self._waiting[place]
            raise Gone
        place.result()
        return Turn(self)

    def let_next_in(self) -> None:
        """One who was under way is in, or gone."""
        self._measure()
        if self._waiting:
            self._first().set_result(None)
        else:
            self._under_way -= 1

    def close(self, retry_after_ms: Callable[[], int]) -> None:
        """Send away all who wait."""
        while self._waiting:
            self._first().set_exception(Full(retry_after_ms()))

    def _first(self) -> asyncio.Future[None]:
        place = next(iter(self._waiting))
        del self._waiting[place]
        return place

    def _measure(self) -> None:
        if not self._waiting:
            self._measured_from = None
            return
        now = self._clock()
        if self._measured_from is not None:
            gap_s = min(now - self._measured_from, _LONGEST_GAP_S)
            self._pace_s += (gap_s - self._pace_s) * _WEIGHT
        self._measured_from = now

    def _retry_after_ms(self) -> int:
        """The end of the line: who is sent away stands behind all who wait and all who were sent away before."""
        now = self._clock()
        self._line_ends = max(self._line_ends, now + len(self._waiting) * self._pace_s) + self._pace_s
        wait_s = self._line_ends - now
        if wait_s > LONGEST_S:
            wait_s = random.uniform(LONGEST_S / 2, LONGEST_S)  # noqa: S311 - spreads load, guards nothing
        else:
            wait_s *= random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311
        return math.ceil(max(wait_s, _SHORTEST_S) * 1000)
