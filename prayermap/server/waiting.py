"""A queue and a gate for each socket, as small as they can be while nothing happens.

asyncio's own hold five deques between them, and an empty deque takes 760 bytes: 3.8 kB of each idle socket.
"""

from __future__ import annotations

import asyncio
from typing import Any


class Mailbox:
    """As much of `asyncio.Queue` as uvicorn's protocol uses: without a bound, for one reader at a time."""

    __slots__ = ("_letters", "_reader")

    def __init__(self) -> None:
        self._letters: list[Any] = []  # one, unless a client sends several frames in one packet
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, letter: Any) -> None:
        self._letters.append(letter)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> Any:
        """The oldest; waits for one."""
        while not self._letters:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._letters.pop(0)

    def empty(self) -> bool:
        return not self._letters


class Gate:
    """As much of `asyncio.Event` as uvicorn's protocol uses: set is open."""

    __slots__ = ("_opening",)

    def __init__(self) -> None:
        self._opening: asyncio.Future[None] | None = None  # done when it is opened again; None: it is open

    def is_set(self) -> bool:
        return self._opening is None

    def set(self) -> None:
        if self._opening is not None:
            opening, self._opening = self._opening, None
            opening.set_result(None)

    def clear(self) -> None:
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        """Until it is open."""
        while self._opening is not None:
            await asyncio.shield(self._opening)  # who gives up doesn't end the waiting of others
