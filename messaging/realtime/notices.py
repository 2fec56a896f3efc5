"""Tells connected people of their notifications: a moment after the news, one person after another."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from messaging.events import frame
from notifications.events import NOTIFIED, SETTLED, Notified, Settled
from notifications.queries.inbox import News, news_about
from prayermap.lib import news
from prayermap.lib.acting import acting_as
from prayermap.lib.times import utc_now

from .database import in_database

if TYPE_CHECKING:
    from .hub import Hub

logger = logging.getLogger(__name__)
#: Who has the conversation before their eyes reads within this time, and nothing need be said. The four seconds of
#: mark_receipts() are longer.
HOLD_S = 2.0
#: How far the clocks of this machine and of PostgreSQL may be apart.
_APART = timedelta(seconds=5)


@dataclass
class _Waiting:
    """What is to be told to one person: subjects of which something was opened, or closed; ids that were closed."""

    due: float
    since: datetime
    opened: dict[str, None] = field(default_factory=dict)
    settled: dict[str, None] = field(default_factory=dict)
    closed: dict[str, None] = field(default_factory=dict)


class Notices:
    """Of one process. It reads for one person at a time, so a room of a thousand takes one database thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._waiting: dict[UUID, _Waiting] = {}  # oldest first
        self._is_working = False

    def start(self) -> None:
        news.handle(NOTIFIED, Notified, self.on_notified)
        news.handle(SETTLED, Settled, self.on_settled)

    def on_notified(self, event: Notified) -> None:
        for user in self._connected(event.users):
            self._wait(user).opened[event.subject] = None
        self._work()

    def on_settled(self, event: Settled) -> None:
        """Closed before it was told, and nothing else was: then there is nothing to tell."""
        for user in self._connected(event.users):
            known = self._waiting.get(user)
            was_untold = known is not None and event.subject in known.opened
            if known is not None and was_untold:
                del known.opened[event.subject]
            ids = event.ids if was_untold else [*event.ids, *event.fresh]
            if ids:
                self._wait(user).closed.update(dict.fromkeys(ids))
            elif event.subject and not was_untold:
                self._wait(user).settled[event.subject] = None
            elif known is not None and not (known.opened or known.settled or known.closed):
                del self._waiting[user]
        self._work()

    def _connected(self, users: list[str]) -> list[UUID]:
        return [user for user in map(UUID, users) if user in self._hub.sockets]

    def _wait(self, user: UUID) -> _Waiting:
        known = self._waiting.get(user)
        if known is None:
            due = asyncio.get_running_loop().time() + HOLD_S
            known = self._waiting[user] = _Waiting(due, utc_now() - _APART)
        return known

    def _work(self) -> None:
        if self._waiting and not self._is_working:
            self._is_working = True
            self._hub.run(self._tell_all())

    async def _tell_all(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                user, waiting = next(iter(self._waiting.items()))
                if waiting.due > loop.time():
                    await asyncio.sleep(waiting.due - loop.time())
                    continue  # it may have been settled meanwhile
                del self._waiting[user]
                try:
                    await self._tell(user, waiting)
                except Exception:
                    logger.warning("notifications were not told", exc_info=True)
        finally:
            self._is_working = False

    async def _tell(self, user: UUID, waiting: _Waiting) -> None:
        if user not in self._hub.sockets:
            return
        found = await in_database(_read, user, waiting)
        closed = list(dict.fromkeys([*waiting.closed, *map(str, found.closed)]))
        texts = [
            frame("notification.new", {"notification": one, "unread_count": found.unread_count})
            for one in reversed(found.opened)
        ]
        if closed:
            texts.append(frame("notification.read", {"ids": closed, "unread_count": found.unread_count}))
        for socket in self._hub.sockets.get(user, ()):
            for text in texts:
                socket.push(text)


def _read(user: UUID, waiting: _Waiting) -> News:
    with acting_as(user):
        return news_about(waiting.opened, waiting.settled, waiting.since)
