"""One client's socket: a bounded queue of frames on their way out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.conf import settings

from messaging.events import frame
from messaging.schemas.frames import Bye, ClientState
from prayermap.lib.hot import hot
from prayermap.lib.rate import TokenBucket
from prayermap.lib.wire import Write

from .bundles import Bundle

if TYPE_CHECKING:
    from .living_map import Watch
    from .notes import Note

BUNDLE_SECONDS = 10
QUIET_HEARTBEATS = 2
#: Characters (of up to 4 bytes) that may wait for one client: 100 of the longest messages four times over.
QUEUE_CHARS = 4_000_000
#: How long a socket that is to end goes on with what is queued; after that, only the goodbye is kept for it.
_QUEUED_WITHIN_S = 2.0
#: A client that takes its goodbye no sooner is cut off.
_CLOSE_WITHIN_S = 10.0
SLOW, EXPIRED, TOO_MANY, DRAINING = 4008, 4002, 4029, 4030
BAD_TICKET, REVOKED, SUSPENDED, BAD_ORIGIN, BAD_FRAMES = 4001, 4501, 4503, 4506, 4507
_NO_RECONNECT_FROM = 4500

Send = Callable[[dict[str, Any]], Awaitable[None]]


def heartbeat_of(state: ClientState) -> int:
    """Seconds. A quiet client need not be heard of so often: each heartbeat wakes a radio."""
    return int(settings.HEARTBEAT_SECONDS) * (QUIET_HEARTBEATS if state.is_quiet else 1)


class Socket:
    """What the hub pushes to. Nothing here waits but `pump`, the task that sends."""

    __slots__ = (
        "_asleep", "_bundle", "_closing", "_is_dropping", "_is_due", "_is_held", "_is_sending", "_pump_task", "_queue", "_send", "_size", "_write",
        "apart", "bad_in_a_row", "bucket", "device_id", "expires_at", "heartbeat_s", "hidden", "id", "is_away", "is_quiet", "last_heard", "name", "platform",
        "refused_in_a_row", "rooms", "session", "shown", "user", "user_text", "warned", "watch",
    )  # fmt: skip

    def __init__(
        self,
        send: Send,
        *,
        user: UUID,
        session: UUID,
        name: str,
        device_id: str,
        platform: str,
        expires_at: float,
        write: Write | None = None,
    ) -> None:
        self.id = uuid4().hex
        self.user, self.session, self.name = user, session, name
        self.user_text = str(user)  # as it stands in events
        self.device_id, self.platform = device_id, platform
        self.expires_at = expires_at  # Unix seconds
        self.rooms: set[str] = set()  # conversations whose events come here
        self.apart: frozenset[UUID] = frozenset()  # people behind a block, either way
        self.hidden: frozenset[str] = frozenset()  # members whose messages a block hides
        self.last_heard = time.monotonic()
        self.bucket = TokenBucket(burst=settings.FRAMES_BURST, per_second=settings.FRAMES_PER_SECOND)
        self.bad_in_a_row = self.refused_in_a_row = 0
        self.heartbeat_s = settings.HEARTBEAT_SECONDS
        #: Quiet: events come bundled. Away: the app is in the background.
        self.is_quiet = self.is_away = self.warned = False
        self.shown: dict[UUID, Note] = {}  # whose presence this client holds, but for those offline long ago
        self.watch: Watch | None = None  # the part of the map that is open here
        self._send, self._write = send, write
        # No deque: an empty one takes 760 bytes, and to move a thousand places takes a fraction of a microsecond.
        self._queue: list[str] = []
        self._bundle: Bundle | None = None  # of a client that is or was quiet
        self._size = 0  # characters in the queue
        self._asleep: asyncio.Future[None] | None = None  # what the pump waits for when nothing is to be sent
        self._closing: int | None = None
        self._is_held = True  # until the welcome
        self._is_sending = self._is_dropping = self._is_due = False
        self._pump_task: asyncio.Task[None] | None = None

    def start(self) -> asyncio.Task[None]:
        """Start sending; the task ends when the socket has been closed by us."""
        self._pump_task = asyncio.create_task(self._pump())
        return self._pump_task

    def push(self, text: str, event: Any = None) -> None:
        """An event: at once, or in the next bundle of a quiet client, where it may take an earlier one's place."""
        if self.is_quiet and self._closing is None:
            bundle = self._gathering()
            bundle.add(text, event)
            if len(bundle) > hot.SOCKET_QUEUE_FRAMES or self._size + bundle.size > QUEUE_CHARS:
                bundle.clear()
                self.close(SLOW, "Too much has happened; reconnect and sync.")
        else:
            self.push_now(text)

    def push_now(self, text: str) -> None:
        """An answer, or an event of an active client. A full queue ends the socket, never the server's memory."""
        if self._closing is not None:
            return
        size = self._size + len(text) + (self._bundle.size if self._bundle is not None else 0)
        # One answer alone may be longer: a page of `changes`, a `batch`.
        if len(self._queue) >= hot.SOCKET_QUEUE_FRAMES or (size > QUEUE_CHARS and self._queue):
            self._drop()
            self.close(SLOW, "You read too slowly; reconnect and sync.")
            return
        self._size += len(text)
        self._queue.append(text)
        if self._write is None:
            self._wake()
        elif not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._flush)

    def push_first(self, text: str) -> None:
        """The welcome: before whatever happened while it was being prepared."""
        self._queue.insert(0, text)
        self._size += len(text)
        self._is_held = False
        self._wake()

    def set_state(self, state: ClientState) -> None:
        self.is_away, self.is_quiet = state.state == "inactive", state.is_quiet
        self.heartbeat_s = heartbeat_of(state)
        if not self.is_quiet:
            self.flush_bundle()

    def flush_bundle(self) -> None:
        """Send what a quiet client has waiting as one `batch`."""
        if self.watch is not None and (told := self.watch.take()):
            self._gathering().add(told)
        if self._bundle is not None and (text := self._bundle.take()):
            self.push_now(text)

    def close(self, code: int, reason: str, *, retry_after_ms: int = 0) -> None:
        """Say `bye` and close, after what can be sent of the queue within 2 s; within 10 s in any case."""
        if self._closing is not None:
            return
        bye = frame(
            "bye", Bye(code, reason, reconnect=code < _NO_RECONNECT_FROM, retry_after_ms=retry_after_ms)
        )
        if code in {REVOKED, SUSPENDED}:
            self._drop()  # nothing more for who may not read on
        self._queue.append(bye)
        self._closing, self._is_held = code, False
        self._wake()
        loop = asyncio.get_running_loop()
        loop.call_later(_QUEUED_WITHIN_S, self._keep_only, bye)
        loop.call_later(_CLOSE_WITHIN_S, self._cut)

    @property
    def is_closing(self) -> bool:
        return self._closing is not None

    @property
    def closing(self) -> int | None:
        """The code of the close that has begun."""
        return self._closing

    def _gathering(self) -> Bundle:
        """Most clients are never quiet: 400 bytes that they don't need."""
        if self._bundle is None:
            self._bundle = Bundle()
        return self._bundle

    def _flush(self) -> None:
        """What was queued in this round of the event loop goes straight to the wire in one piece, or else to the pump."""
        self._is_due = False
        is_the_pumps = self._is_sending or self._is_held or self.is_closing
        if self._queue and not is_the_pumps and self._write is not None and self._write(self._queue):
            self._queue.clear()
            self._size = 0
        else:
            self._wake()

    def _wake(self) -> None:
        if self._asleep is not None and not self._asleep.done():
            self._asleep.set_result(None)

    def _keep_only(self, bye: str) -> None:
        if self._queue:  # else the goodbye itself is on its way
            self._drop()
            self._queue.append(bye)

    def _drop(self) -> None:
        """Forget what waits, and the frame that waits for the client to read: a server writes whole frames or nothing."""
        self._queue.clear()
        if self._is_sending and self._pump_task is not None:
            self._is_dropping = True
            self._pump_task.cancel()

    def _cut(self) -> None:
        if self._pump_task is not None and not self._pump_task.done():
            self._pump_task.cancel()

    async def _pump(self) -> None:
        loop, queue, send = asyncio.get_running_loop(), self._queue, self._send
        while True:
            while queue and not self._is_held:
                await self._send_or_drop(queue.pop(0))
            if self._closing is not None:
                await send({"type": "websocket.close", "code": self._closing})
                return
            self._asleep = loop.create_future()
            await self._asleep

    async def _send_or_drop(self, text: str) -> None:
        self._is_sending = True
        try:
            await self._send({"type": "websocket.send", "text": text})
        except asyncio.CancelledError:
            task = asyncio.current_task()
            # Whoever else cancels the pump means the pump.
            if not self._is_dropping or task is None or task.uncancel() > 0:
                raise
        finally:
            self._size -= len(text)
            self._is_sending = self._is_dropping = False
