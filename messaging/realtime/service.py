"""What runs for sockets in a server process: hub, writers, and the sweep that ends what ran out."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from accounts.queries import live_session
from accounts.services.tickets import take_ticket_async
from messaging.events import frame

from . import repair
from .door import Door
from .hub import Hub
from .sockets import BUNDLE_SECONDS, DRAINING, EXPIRED, SLOW, Socket
from .writes import Writers

logger = logging.getLogger(__name__)

_SWEEP_S = 1.0
_RECHECK_SESSIONS_EVERY = 15  # sweeps
_REFRESH_ACTIVITY_EVERY = 15
_WARN_BEFORE_S = 60
#: Clients of a server that ends come back spread over this time.
_SPREAD_MS = 5_000


class Person(NamedTuple):
    """Who opens a socket."""

    user: UUID
    session: UUID
    name: str
    device_id: str


class Realtime:
    """One for each server process, on its event loop."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.writers = Writers(self.hub)
        self.door = Door(settings.ARRIVALS_AT_ONCE)
        self._sweep_task: asyncio.Task[None] | None = None
        self._sweeps = 0
        self.is_ending = False

    async def start(self) -> None:
        await self.hub.start()
        self.writers.start()
        self._sweep_task = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Say goodbye to every socket, commit what was accepted, end."""
        self.is_ending = True
        self.door.close(_spread_ms)
        if self._sweep_task is not None:
            self._sweep_task.cancel()
        await self.writers.stop()
        for socket in self._all_sockets():
            socket.close(DRAINING, "The server restarts; come back soon.", retry_after_ms=_spread_ms())
        await asyncio.sleep(0.2)
        await self.hub.stop()

    def extend(self, socket: Socket) -> None:
        """The person has just proved who they are."""
        socket.expires_at = time.time() + settings.SOCKET_SECONDS
        socket.warned = False

    async def person_of_ticket(self, token: str) -> Person | None:
        """Uses the ticket up. Raises Unavailable without Valkey."""
        ticket = await take_ticket_async(token=token)
        if ticket is None:
            return None
        session = await live_session(ticket.user, ticket.session)
        if session is None:  # it has ended, or the person was suspended
            return None
        return Person(ticket.user, ticket.session, session.name, ticket.device_id)

    def _all_sockets(self) -> list[Socket]:
        return [socket for mine in self.hub.sockets.values() for socket in mine]

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            self._sweeps += 1
            try:
                for socket in self._all_sockets():
                    self._look_at(socket)
                if self._sweeps % _REFRESH_ACTIVITY_EVERY == 0:
                    self.hub.activity.refresh()
                if self._sweeps % _RECHECK_SESSIONS_EVERY == 0:
                    await repair.end_revoked(self.hub)
            except Exception:
                logger.warning("a sweep of the sockets failed", exc_info=True)

    def _look_at(self, socket: Socket) -> None:
        now = time.time()
        if time.monotonic() - socket.last_heard > 2 * socket.heartbeat_s:
            # Out of the hub at once: on a dead line the goodbye waits for as long as a slow client's.
            self.hub.end(socket, SLOW, "Nothing was heard from you for too long.")
        elif now >= socket.expires_at:
            socket.close(EXPIRED, "The sign-in of this socket has run out.")
        elif not socket.warned and now >= socket.expires_at - _WARN_BEFORE_S:
            socket.warned = True
            expires_at = datetime.fromtimestamp(socket.expires_at, UTC)
            socket.push_now(frame("auth.expiring", {"expires_at": expires_at}))
        elif socket.is_quiet and self._sweeps % BUNDLE_SECONDS == 0:
            socket.flush_bundle()


def _spread_ms() -> int:
    return random.randint(0, _SPREAD_MS)  # noqa: S311 - spreads load, guards nothing
