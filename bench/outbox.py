"""Texts that wait to be acknowledged: kept until `ok`, sent again under the same `client_id`.

Within a conversation at most `window` are on their way. With 1, order survives even a refusal (`unavailable`
while PostgreSQL restarts): the next text leaves when the one before is stored. More is faster where only a lost
connection, which keeps order, is expected.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bench.connection import Lost, Refused
from bench.ids import client_id

#: Refusals that say "not now" rather than "never".
PATIENCE = frozenset({"rate_limited", "unavailable"})
_RETRY_SECONDS = 1.0


@dataclass
class Draft:
    """One text, the same in every attempt. `stored` resolves to the message of the `ok`, or to Refused."""

    conversation: str
    content: str
    id: str = field(default_factory=client_id)
    attempts: int = 0
    stored: asyncio.Future[dict[str, Any]] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def body(self) -> dict[str, Any]:
        return {
            "conversation": self.conversation,
            "client_id": self.id,
            "type": "text",
            "content": self.content,
        }


class Outbox:
    """Drafts by conversation, in the order in which they were written."""

    def __init__(self, window: int = 1) -> None:
        self.window = window
        self._waiting: dict[str, deque[Draft]] = {}
        self._flying: dict[str, list[Draft]] = {}
        self._news = asyncio.Event()

    def add(self, draft: Draft) -> None:
        self._waiting.setdefault(draft.conversation, deque()).append(draft)
        self._news.set()

    def rewind(self) -> None:
        """The connection broke: whatever was on its way goes first again, in its old order."""
        for conversation, flying in self._flying.items():
            unknown = [draft for draft in flying if not draft.stored.done()]
            self._waiting[conversation].extendleft(reversed(unknown))
        self._flying.clear()
        self._news.set()

    async def drain(self, ask: Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]) -> None:
        """Send what waits, for as long as the connection behind `ask` lives. Raises Lost when it ends."""
        self.rewind()
        async with asyncio.TaskGroup() as flights:
            while True:
                self._news.clear()
                for draft in self._ready():
                    flights.create_task(self._fly(draft, ask))
                await self._news.wait()

    def _ready(self) -> list[Draft]:
        ready = []
        for conversation, waiting in self._waiting.items():
            flying = self._flying.setdefault(conversation, [])
            while waiting and len(flying) < self.window:
                flying.append(waiting.popleft())
                ready.append(flying[-1])
        return ready

    async def _fly(
        self, draft: Draft, ask: Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
    ) -> None:
        while not draft.stored.done():
            draft.attempts += 1
            try:
                draft.stored.set_result(await ask("message.send", draft.body()))
            except Refused as refusal:
                if refusal.code not in PATIENCE:
                    draft.stored.set_exception(refusal)
                else:
                    await asyncio.sleep(refusal.retry_after_s or _RETRY_SECONDS)
        self._flying[draft.conversation].remove(draft)
        self._news.set()


def lost_in(group: BaseExceptionGroup[BaseException]) -> Lost | None:
    """The Lost among the errors of a group of tasks, if any."""
    found = group.subgroup(Lost)
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]  # type: ignore[assignment]
    return found if isinstance(found, Lost) else None
