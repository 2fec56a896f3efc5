"""The process's hub: takes news, and fans already encoded frames out to the sockets connected here."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from messaging.enums import Kind
from messaging.events import (
    LOOK,
    MEMBER,
    PERSON,
    PRESENCE,
    PRESENCE_LOOK,
    ROOM,
    TYPING,
    LookEvent,
    MemberEvent,
    PersonEvent,
    PresenceEvent,
    PresenceLook,
    RoomEvent,
    TypingEvent,
    frame,
)
from prayermap.lib import news

from . import receipts, repair, typists
from .activity import Activity
from .layer import LayerLink
from .living_map import LivingMap
from .notices import Notices
from .presence import Presence
from .rooms import OrderedEvent, Room
from .sockets import REVOKED, Socket

logger = logging.getLogger(__name__)

#: How long a later event waits for the ones before it, before they are read from PostgreSQL.
HOLD_S = 0.1


class Hub:
    """One for each server process; everything runs on its event loop."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.sockets: dict[UUID, dict[Socket, None]] = defaultdict(dict)
        self.layer = LayerLink(news.dispatch, self._on_gap)
        self.notices = Notices(self)
        self.activity = Activity(self)
        self.presence = Presence(self)
        self.living_map = LivingMap(self)
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: set[str] = set()  # rooms whose gap is being waited for or read
        self._is_resynchronising = False

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        news.handle(ROOM, RoomEvent, self.on_room_event)
        news.handle(MEMBER, MemberEvent, self.on_member_event)
        news.handle(PERSON, PersonEvent, self.on_person_event)
        news.handle(LOOK, LookEvent, self.on_look)
        news.handle(TYPING, TypingEvent, self.on_typing)
        news.handle(PRESENCE, PresenceEvent, self.presence.on_event)
        news.handle(PRESENCE_LOOK, PresenceLook, self.on_presence_look)
        news.handle("session.ended", news.SessionEnded, self._on_session_ended)
        news.handle("user.suspended", news.UserSuspended, self._on_user_suspended)
        news.handle("blocks.changed", news.BlocksChanged, self._on_blocks_changed)
        self.notices.start()
        self.living_map.start()
        await self.layer.start()
        self.run(self.presence.keep())
        news.set_carrier(partial(_from_any_thread, loop, self._carry))

    async def stop(self) -> None:
        news.set_carrier(None)
        for task in self._tasks:
            task.cancel()
        await self.layer.stop()

    # --- who is here ------------------------------------------------------------------------------
    def join(self, socket: Socket) -> None:
        """From now on the socket gets its person's events; conversations follow by `enter`."""
        self.sockets[socket.user][socket] = None
        self.activity.changed(socket.user)
        self.presence.came(socket)

    def enter(
        self,
        socket: Socket,
        conversation: str,
        member: str,
        rev: int,
        visible_from: int = 1,
        latest_seq: int = 0,
        active_count: int = 0,
        kind: str = "",
    ) -> None:
        """The person is an active member there; a `Membership` that was read after `join`."""
        room = self.rooms.get(conversation)
        if room is None:
            room = self.rooms[conversation] = Room(conversation)
        room.active_count, room.is_direct = active_count, kind == Kind.DIRECT_MESSAGE
        socket.rooms.add(conversation)
        room.add(socket, member, rev, visible_from)
        self.send_all(room, room.start_at(rev, latest_seq))

    def leave(self, socket: Socket) -> None:
        """The socket is gone."""
        mine = self.sockets.get(socket.user, {})
        was_here = mine.pop(socket, 0) is None
        if not mine:
            self.sockets.pop(socket.user, None)
        self.activity.changed(socket.user)
        self.living_map.watch(socket, None)
        if was_here:
            self.presence.left(socket)
        for conversation in socket.rooms:
            room = self.rooms.get(conversation)
            if room is not None:
                room.drop_socket(socket)
                if not room.sockets:
                    del self.rooms[conversation]
        socket.rooms.clear()

    # --- news ---------------------------------------------------------------------------------------
    def publish(self, topic: str, event: msgspec.Struct) -> None:
        """News of this very process: here at once, to the others through the layer."""
        item = (topic, msgspec.msgpack.encode(event))
        self.layer.send([item])
        if topic in _LOCAL:
            _LOCAL[topic](self, event)
        else:
            news.dispatch([item])

    def _carry(self, items: list[news.Item]) -> None:
        self.layer.send(items)
        news.dispatch(items)

    def on_room_event(self, event: RoomEvent) -> None:
        room = self.rooms.get(event.conversation)
        if room is None:
            return
        if event.rev is None:
            if receipts.is_gathered(room, event):
                receipts.gather(room, event, self.sockets.get(UUID(event.author), ()))
            else:
                self.fan_out(room, event)
        else:
            self.send_all(room, room.take(event))

    def on_member_event(self, event: MemberEvent) -> None:
        room = self.rooms.get(event.conversation)
        user = UUID(event.user) if event.user else (room.user_of(event.member) if room else None)
        if event.reason and room is not None and room.is_direct:
            for member in room.members:  # they share no conversation any more
                self.presence.look(member)
        if event.reason and room is not None and user is not None and room.members.get(user) == event.member:
            room.drop_user(user)  # at once: who went gets nothing more, whatever is still held
            if not event.user:  # an anonymous member, whom the sender of the news could not name
                self._push(
                    user, frame("conversation.removed", {"id": event.conversation, "reason": event.reason})
                )
        if room is not None:
            if event.reason:
                typists.stop(self, room, event.member)
            self.send_all(room, room.take(event))
        if user is not None and user in self.sockets and not event.reason:
            self.run(repair.show_conversation(self, user, event.conversation))

    def on_person_event(self, event: PersonEvent) -> None:
        for socket in self.sockets.get(UUID(event.user), ()):
            if socket.id != event.skip:
                socket.push(event.frame, event)

    def on_look(self, event: LookEvent) -> None:
        user = UUID(event.user)
        if user in self.sockets:
            self.run(repair.show_conversation(self, user, event.conversation))

    def on_typing(self, event: TypingEvent) -> None:
        if room := self.rooms.get(event.conversation):
            typists.take(self, room, event)

    def on_presence_look(self, event: PresenceLook) -> None:
        self.presence.look(UUID(event.user))

    def _on_session_ended(self, event: news.SessionEnded) -> None:
        session = UUID(event.session)
        for sockets in list(self.sockets.values()):
            for socket in [socket for socket in sockets if socket.session == session]:
                self.end(socket, event.code, event.reason)

    def _on_user_suspended(self, event: news.UserSuspended) -> None:
        for socket in list(self.sockets.get(UUID(event.user), ())):
            self.end(socket, event.code, event.reason)

    def _on_blocks_changed(self, event: news.BlocksChanged) -> None:
        self.run(repair.refresh_blocks(self, UUID(event.user)))

    def end(self, socket: Socket, code: int = REVOKED, reason: str = "Signed out.") -> None:
        """Close a socket whose person may not read on: it gets nothing more from now."""
        self.leave(socket)
        socket.close(code, reason)

    # --- fan-out -------------------------------------------------------------------------------------
    def send_all(self, room: Room, events: list[OrderedEvent]) -> None:
        for event in events:
            self.fan_out(room, event)
        if room.late:
            room.forget_late()
        if room.has_gap and room.id not in self._waiting:
            self._waiting.add(room.id)
            self.run(self._fill_gap(room))

    def fan_out(self, room: Room, event: OrderedEvent) -> None:
        text = event.frame
        listeners = room.sockets if not room.late else [s for s in room.sockets if room.is_for(s, event.rev)]
        if isinstance(event, MemberEvent):
            for socket in listeners:
                socket.push(text, event)
            return
        sender, skip, quoted = event.sender, event.skip, event.quoted
        if event.is_new:
            room.seq = max(room.seq, event.seq)
            if sender in room.typing:
                typists.stop(self, room, sender)
        elif event.seq:
            gone = set(event.without)
            listeners = [s for s in listeners if room.sees(s.user, event.seq) and s.user_text not in gone]
        own = event.own or text
        author = event.author
        for socket in listeners:
            if socket.user_text != author:
                if not sender or sender not in socket.hidden:
                    seen = text if not quoted or _sees_quote(room, socket, event) else event.unquoted
                    socket.push(seen, event)
            elif socket.id != skip:
                socket.push(own, event)

    def _push(self, user: UUID, text: str) -> None:
        for socket in self.sockets.get(user, ()):
            socket.push(text)

    async def _fill_gap(self, room: Room) -> None:
        """Wait for the missing news a little, then read it."""
        try:
            await asyncio.sleep(0 if room.is_overfull else HOLD_S)
            if room.has_gap and self.rooms.get(room.id) is room:
                await repair.fill(self, room)
        finally:
            self._waiting.discard(room.id)
        self.send_all(room, [])

    def _on_gap(self) -> None:
        """News may have been missed: look again at who may be here and at every room."""
        self.living_map.on_gap()
        if not self._is_resynchronising:
            self.run(self._resynchronise())

    async def _resynchronise(self) -> None:
        self._is_resynchronising = True
        try:
            await repair.resynchronise(self)
        finally:
            self._is_resynchronising = False

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """A task that is kept until it ends and whose failure is logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.warning("a task of the hub failed", exc_info=error)


def _sees_quote(room: Room, socket: Socket, event: RoomEvent) -> bool:
    return room.sees(socket.user, event.quoted) and event.quoted_sender not in socket.hidden


def _from_any_thread(loop: asyncio.AbstractEventLoop, carry: news.Carrier, items: list[news.Item]) -> None:
    loop.call_soon_threadsafe(carry, items)


_LOCAL: dict[str, Callable[[Hub, Any], None]] = {
    ROOM: Hub.on_room_event,
    MEMBER: Hub.on_member_event,
    PERSON: Hub.on_person_event,
    LOOK: Hub.on_look,
    TYPING: Hub.on_typing,
}
