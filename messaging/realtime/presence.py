"""Who is here, for those whose business it is: told by changes, kept in Valkey with an expiry, never in a table.

Each process notes its own people under its own name in a hash of the person; what is told is what the hash says about
all processes. A process that dies leaves notes that run out. What others were told is looked at again every half
heartbeat, so what a lost event would have said is said late.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import redis
from django.conf import settings

from messaging.events import PRESENCE, PresenceEvent, frame
from messaging.schemas.frames import PresenceNews

from .circles import Circle, read_circles
from .database import in_database
from .notes import Note, Notes
from .sockets import Socket

if TYPE_CHECKING:
    from .hub import Hub

logger = logging.getLogger(__name__)

TICK_S = 1.0
#: Who comes back within this time was never gone.
OFFLINE_AFTER_S = 10.0
_OFFLINE = Note("offline", None, 0)


class Presence:
    """Of one process. Calls only note what happened; `keep` tells it, once a second."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._notes = Notes(uuid4().hex)
        self._changed: set[UUID] = set()  # people whose state is to be looked at
        self._forced: set[UUID] = set()  # of these, those who are told of even if nothing changed
        self._curious: set[Socket] = set()  # sockets that are to be shown their circle
        self._leaving: dict[UUID, float] = {}  # people without a socket here, and when that is told
        self._told: dict[UUID, Note] = {}  # what is known to be told of people who are here
        self._sharing: set[UUID] = set()
        self._refreshed_at = 0.0

    # --- what happened -------------------------------------------------------------------------------
    def came(self, socket: Socket) -> None:
        self._leaving.pop(socket.user, None)
        self._changed.add(socket.user)
        self._curious.add(socket)

    def left(self, socket: Socket) -> None:
        self._curious.discard(socket)
        if socket.user in self._hub.sockets:
            self._changed.add(socket.user)
        else:
            self._leaving[socket.user] = time.monotonic() + OFFLINE_AFTER_S

    def moved(self, socket: Socket) -> None:
        """It went into the background, or came out of it."""
        self._changed.add(socket.user)
        if not socket.is_quiet:
            self._curious.add(socket)

    def look(self, user: UUID) -> None:
        """Whom this person may see, or who may see them, has changed: a block, a conversation, a setting."""
        self._changed.add(user)
        self._forced.add(user)
        self._curious.update(self._hub.sockets.get(user, ()))

    # --- what is told ----------------------------------------------------------------------------------
    def on_event(self, event: PresenceEvent) -> None:
        person = UUID(event.user)
        note = Note(event.state, event.last_seen, event.at)
        if person in self._hub.sockets:
            self._told[person] = note
        for viewer in event.circle:
            for socket in self._hub.sockets.get(UUID(viewer), ()):
                if not socket.is_quiet and person not in socket.apart:
                    _show(socket, [(person, note)])

    async def keep(self) -> None:
        """Until the server ends."""
        while True:
            await asyncio.sleep(TICK_S)
            try:
                await self._tick()
            except (redis.RedisError, OSError):
                logger.debug("presence waits for Valkey", exc_info=True)
            except Exception:
                logger.warning("presence was not told", exc_info=True)

    async def _tick(self) -> None:
        now = time.monotonic()
        for user in [user for user, moment in self._leaving.items() if moment <= now]:
            del self._leaving[user]
            self._changed.add(user)
        if now - self._refreshed_at > settings.HEARTBEAT_SECONDS / 2:
            self._refreshed_at = now
            await self._refresh()
        if self._changed or self._curious:
            await self._tell()

    async def _tell(self) -> None:
        """One statement and a few round trips to Valkey, however many people. What fails is tried again."""
        changed, self._changed = self._changed, set()
        forced, self._forced = self._forced, set()
        curious, self._curious = self._curious, set()
        try:
            circles = await in_database(read_circles, changed | {socket.user for socket in curious})
            notes = await self._notes.write(
                {user: self._to_note(user, circles.get(user)) for user in changed}
            )
            for user, note in notes.items():
                if circle := circles.get(user):
                    self._say(user, note, circle, force=user in forced)
            await self._show_circles(curious, circles)
        except BaseException:
            self._changed |= changed
            self._forced |= forced
            self._curious |= {socket for socket in curious if not socket.is_closing}
            raise

    def _to_note(self, user: UUID, circle: Circle | None) -> str | None:
        """None for somebody who isn't here; empty for somebody of whom nothing may be noted."""
        state = self._state_here(user)
        if circle is None or not circle.shares:
            self._sharing.discard(user)
            return ""
        if state is None:
            self._sharing.discard(user)
        else:
            self._sharing.add(user)
        return state

    def _state_here(self, user: UUID) -> str | None:
        sockets = self._hub.sockets.get(user)
        if not sockets:
            return None
        return "away" if all(socket.is_away for socket in sockets) else "online"

    def _say(self, user: UUID, note: Note, circle: Circle, *, force: bool) -> None:
        """To the circle, unless it was told that before."""
        told = self._told.pop(user, None)
        if user in self._hub.sockets:
            self._told[user] = note
        if not force and (not circle.shares or (told is not None and told.says(note))):
            return
        if circle.people:
            others = [str(person) for person in circle.people]
            self._hub.publish(PRESENCE, PresenceEvent(str(user), note.state, note.last_seen, note.at, others))

    async def _show_circles(self, curious: Iterable[Socket], circles: dict[UUID, Circle]) -> None:
        """Sockets that came, or came back, see who is there; those who are no longer theirs to see go offline."""
        wanted = {socket: circles[socket.user].visible for socket in curious if socket.user in circles}
        notes = await self._notes.read(set().union(*wanted.values()))
        for socket, people in wanted.items():
            if not socket.is_quiet:
                seen = [(person, notes[person]) for person in people if person in notes]
                gone = [(person, _OFFLINE) for person in socket.shown if person not in people]
                _show(socket, seen + gone)

    async def _refresh(self) -> None:
        """Our notes hold on; what our sockets were told is compared with what the notes say now."""
        here = {user: self._state_here(user) for user in self._sharing}
        await self._notes.prolong({user: state for user, state in here.items() if state is not None})
        watching = [socket for mine in self._hub.sockets.values() for socket in mine if socket.shown]
        shown = {
            person for socket in watching for person, note in socket.shown.items() if note.state != "offline"
        }
        notes = await self._notes.read(shown)
        for socket in watching:
            if not socket.is_quiet:
                _show(
                    socket,
                    [(person, notes.get(person, _OFFLINE)) for person in socket.shown if person in shown],
                )


def _show(socket: Socket, people: list[tuple[UUID, Note]]) -> None:
    """A frame for each who is not shown so already; several as one `batch`."""
    texts = []
    for person, note in people:
        before = socket.shown.get(person, _OFFLINE)
        if note.at and note.at < before.at:
            continue  # older news that was overtaken
        if note.state == "offline" and note.last_seen is None:
            socket.shown.pop(person, None)
        else:
            socket.shown[person] = note
        if not before.says(note):
            texts.append(frame("presence", PresenceNews(person, note.state, note.last_seen_at)))
    if len(texts) == 1:
        socket.push(texts[0])
    elif texts:
        socket.push('{"type":"batch","data":{"frames":[' + ",".join(texts) + "]}}")
