"""The ASGI application behind /ws/v1/: accept, recognise, welcome, then frame after frame."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime
from inspect import isawaitable
from typing import Any

import msgspec
from django.conf import settings

from messaging.events import frame
from messaging.schemas.frames import CLIENT_FRAMES, Bye, ClientFrame, Limits, Ref, Welcome
from prayermap.lib.errors import Invalid, RateLimited, TooLarge, Unavailable
from prayermap.lib.hot import hot
from prayermap.lib.http.problems import as_api_error
from prayermap.lib.http.reading import decode
from prayermap.lib.times import utc_now
from prayermap.lib.wire import writer_of

from . import running
from .answers import answer_error
from .door import Full, Gone, Turn
from .early import Early
from .handlers import HANDLERS
from .handshake import (
    authenticate,
    forget_handshake,
    is_origin_allowed,
    offered_subprotocol,
    platform_of_client,
)
from .memberships import read_arrival
from .service import Person, Realtime
from .sockets import BAD_FRAMES, BAD_ORIGIN, BAD_TICKET, DRAINING, TOO_MANY, Socket

logger = logging.getLogger(__name__)

MAX_BAD_IN_A_ROW = 10
MAX_REFUSED_IN_A_ROW = 100
_RETRY_MS = 1_000
_CUT_S = 1.0
FEATURES = [
    "text",
    "edit",
    "delete",
    "reactions",
    "typing",
    "receipts",
    "anonymous",
    "batch",
    "notifications",
    "attachments",
    "presence",
    "map",
]


class Refused(Exception):
    """The socket is closed before it was opened: a close code and a reason."""

    def __init__(self, code: int, reason: str, retry_after_ms: int = 0) -> None:
        self.bye = Bye(code, reason, reconnect=code < 4500, retry_after_ms=retry_after_ms)
        super().__init__(reason)


async def serve_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve one socket until either side ends it."""
    await receive()  # websocket.connect
    # Browsers can't read a refused handshake, so everybody is accepted first and told why they must go.
    await send({"type": "websocket.accept", "subprotocol": offered_subprotocol(scope)})
    receive = Early(receive)
    try:
        realtime = _realtime_for(scope)
        with await _turn(realtime, receive) as turn:
            await _serve(realtime, scope, receive, send, turn)
    except Refused as refusal:
        await send({"type": "websocket.send", "text": frame("bye", refusal.bye)})
        await send({"type": "websocket.close", "code": refusal.bye.code})
    except Gone:
        pass  # before its turn: nothing was begun
    finally:
        receive.end()


async def _serve(realtime: Realtime, scope: dict[str, Any], receive: Any, send: Any, turn: Turn) -> None:
    """The arrival, which ends with the welcome and with it `turn`, and all that comes after. Raises Refused."""
    person = await _recognise(realtime, scope)
    socket = Socket(
        send,
        user=person.user,
        session=person.session,
        name=person.name,
        device_id=person.device_id,
        platform=platform_of_client(scope),
        expires_at=time.time() + settings.SOCKET_SECONDS,
        write=writer_of(scope),
    )
    forget_handshake(scope)
    pump = socket.start()
    realtime.hub.join(socket)
    listening: asyncio.Task[None] | None = None
    try:
        await _welcome(realtime, socket)
        turn.end()
        listening = asyncio.create_task(_listen(realtime, socket, receive))
        await asyncio.wait([pump, listening], return_when=asyncio.FIRST_COMPLETED)
        if listening.done():
            listening.result()
    except Exception as error:  # noqa: BLE001 - the client is told, and a fault of ours is logged
        await _apologise(socket, pump, error)
    finally:
        realtime.hub.leave(socket)
        tasks = [task for task in (pump, listening) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if pump.cancelled() and socket.closing is not None:
            await _cut_off(send, socket.closing)


async def _cut_off(send: Any, code: int) -> None:
    """The client took neither its frames nor its goodbye: daphne would keep the connection if nothing were said."""
    with suppress(Exception):
        await asyncio.wait_for(send({"type": "websocket.close", "code": code}), _CUT_S)


async def _apologise(socket: Socket, pump: asyncio.Task[None], error: Exception) -> None:
    """PostgreSQL is away, or a fault of ours: the client hears that it should come back."""
    if not isinstance(as_api_error(error), Unavailable):
        logger.error("a socket failed", exc_info=error)
    socket.close(DRAINING, "Something failed here; try again soon.", retry_after_ms=_RETRY_MS)
    await asyncio.wait([pump])


def _realtime_for(scope: dict[str, Any]) -> Realtime:
    """What can be said without asking anybody. Raises Refused."""
    realtime = running.current()
    if realtime is None or realtime.is_ending:
        raise Refused(DRAINING, "The server is not ready; come back soon.", _RETRY_MS)
    if not is_origin_allowed(scope):
        raise Refused(BAD_ORIGIN, "This origin may not open a socket.")
    if scope["subprotocols"] and offered_subprotocol(scope) is None:
        raise Refused(BAD_FRAMES, "This server speaks prayermap.v1.")
    return realtime


async def _turn(realtime: Realtime, receive: Early) -> Turn:
    """Before the ticket is looked at: who is sent away keeps it. Raises Refused, Gone."""
    try:
        return await realtime.door.turn(receive.gone)
    except Full as full:
        raise Refused(DRAINING, "Many come at once; come back in your turn.", full.retry_after_ms) from None


async def _recognise(realtime: Realtime, scope: dict[str, Any]) -> Person:
    try:
        person = await authenticate(realtime, scope)
    except Exception as error:
        if isinstance(as_api_error(error), Unavailable):
            raise Refused(DRAINING, "Try again soon.", _RETRY_MS) from None
        raise
    if person is None:
        raise Refused(BAD_TICKET, "The ticket is wrong, was used, or is too old.")
    if len(realtime.hub.sockets.get(person.user, ())) >= settings.SOCKETS_PER_USER:
        raise Refused(TOO_MANY, f"At most {settings.SOCKETS_PER_USER} sockets a person.", 60_000)
    return person


async def _welcome(realtime: Realtime, socket: Socket) -> None:
    """Join first, then read, so that nothing falls between; the client's `sync` follows the welcome."""
    arrival = await read_arrival(socket.user)
    socket.apart, socket.hidden = arrival.blocks
    for membership in arrival.memberships:
        realtime.hub.enter(socket, *membership)
    per_minute = int(settings.MESSAGES_PER_SECOND * 60)
    welcome = Welcome(
        session=socket.session,
        user=socket.user,
        server_time=utc_now(),
        expires_at=datetime.fromtimestamp(socket.expires_at, UTC),
        heartbeat_s=settings.HEARTBEAT_SECONDS,
        unread_total=arrival.unread_total,
        limits=Limits(settings.FRAME_BYTES, settings.CONTENT_CHARS, per_minute),
        features=FEATURES,
    )
    socket.push_first(frame("welcome", welcome))


async def _listen(realtime: Realtime, socket: Socket, receive: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect" or socket.is_closing:
            return
        socket.last_heard = time.monotonic()
        if wait_ms := socket.bucket.take():
            _refuse(socket, wait_ms, message)
            continue
        socket.refused_in_a_row = 0
        text = message.get("text")
        await _take(realtime, socket, text.encode() if text is not None else None)


async def _take(realtime: Realtime, socket: Socket, raw: bytes | None) -> None:
    """One frame; every fault is answered, ten in a row end the socket."""
    ref = None
    try:
        envelope = _envelope(raw)
        ref = envelope.ref
        handler, shape = HANDLERS.get(envelope.type), CLIENT_FRAMES.get(envelope.type)
        if handler is None or shape is None:
            raise Invalid("Unknown type of frame.")
        data = decode(bytes(envelope.data), shape)
        done = handler(realtime, socket, ref, data)
        if isawaitable(done):
            await done
    except Exception as error:
        known = as_api_error(error)
        if known is None:
            raise
        answer_error(socket, _ref_of(raw) if ref is None else ref, known)
        if isinstance(known, Invalid | TooLarge):
            _count_bad(socket)
    else:
        socket.bad_in_a_row = 0


def _envelope(raw: bytes | None) -> ClientFrame:
    if raw is None:
        raise Invalid("Frames are text.")
    if len(raw) > hot.FRAME_BYTES:
        raise TooLarge(f"A frame may have {hot.FRAME_BYTES} bytes.")
    return decode(raw, ClientFrame)


class _Referred(msgspec.Struct):
    """All that is read of a frame that is refused."""

    ref: Ref | None = None


def _ref_of(raw: bytes | None) -> str | int | None:
    """The `ref` of a frame, whatever else is wrong with it; None where it has none that can be given back."""
    try:
        return msgspec.json.decode(raw or b"", type=_Referred).ref
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _count_bad(socket: Socket) -> None:
    socket.bad_in_a_row += 1
    if socket.bad_in_a_row >= MAX_BAD_IN_A_ROW:
        socket.close(BAD_FRAMES, "Too many bad frames in a row.")


def _refuse(socket: Socket, wait_ms: int, message: dict[str, Any]) -> None:
    """Above the frame rate: the frame is not read beyond its `ref`."""
    socket.refused_in_a_row += 1
    if socket.refused_in_a_row >= MAX_REFUSED_IN_A_ROW:
        socket.close(TOO_MANY, "Far too many frames.", retry_after_ms=10_000)
        return
    ref = _ref_of((message.get("text") or "").encode())
    answer_error(socket, ref, RateLimited(retry_after_ms=wait_ms))
