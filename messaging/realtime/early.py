"""What a client says, or that it has gone, while it still waits for its turn."""

from __future__ import annotations

import asyncio
from typing import Any


class Early:
    """`receive` of an ASGI application, of which one message may be looked out for beforehand; none is lost."""

    __slots__ = ("_next", "_receive")

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self._next: asyncio.Task[Any] | None = None

    async def __call__(self) -> Any:
        if self._next is None:
            return await self._receive()
        message = await asyncio.shield(self._next)
        self._next = None
        return message

    def gone(self) -> asyncio.Future[None]:
        """Done when the client goes. Of one that speaks before it was welcomed nothing more is noticed."""
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def heard(task: asyncio.Task[Any]) -> None:
            if not task.cancelled() and not gone.done() and task.result()["type"] == "websocket.disconnect":
                gone.set_result(None)

        self._next = asyncio.ensure_future(self._receive())
        self._next.add_done_callback(heard)
        return gone

    def end(self) -> None:
        """Nothing is looked out for any more."""
        if self._next is not None:
            self._next.cancel()
