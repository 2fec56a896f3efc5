"""What daphne lacks: back-pressure in both directions, a limit on bodies, compression, closes that arrive.

Measured without it: one client that stopped reading made the server grow from 82 to 170 MB. With it,
`send` waits like under uvicorn until the client has read, so that the application's own bounded queue
overflows and closes the socket (4008). This leans on Twisted's producer interface, which is public, and
on daphne's class layout, which `tests/server` pins.
"""

from __future__ import annotations

import asyncio
import io
from typing import Any, BinaryIO

from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from prayermap.server.bodies import TOO_LARGE
from prayermap.server.compression import LEAST
from prayermap.server.daphne_compression import accept_deflate
from prayermap.server.lingering import Lingering, unacknowledged
from prayermap.server.options import Options

#: Frames of one client that may wait for the application; then its socket isn't read until half are done.
WAITING_FRAMES = 256
#: Bytes that may wait for one client whatever the application does: a ping or a close frame adds to them too.
UNSENT_BYTES = 16_777_216
RESUME_SECONDS = 0.01
REFUSAL = (
    b"HTTP/1.1 413 Content Too Large\r\nContent-Type: application/problem+json\r\n"
    b"Cache-Control: private, no-store\r\nConnection: close\r\n\r\n"
)


class Flow:
    """A Twisted push producer: the transport pauses it at 64 KiB unsent, and resumes it when they are gone."""

    def __init__(self) -> None:
        self._writable = asyncio.Event()
        self._writable.set()

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self._writable.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self._writable.set()

    def stopProducing(self) -> None:  # noqa: N802
        self._writable.set()

    @property
    def is_writable(self) -> bool:
        return self._writable.is_set()

    async def writable(self) -> None:
        """Return at once, or when the client has read what waits for it, or when it has gone."""
        if not self._writable.is_set():
            await self._writable.wait()


class GuardedWebSocket(WebSocketProtocol):  # type: ignore[misc]  # daphne has no types
    """A socket whose buffers are bounded, and whose last frames arrive if the client reads them in time."""

    autoPingTimeoutCall: Any  # noqa: N815 - autobahn's name

    def connectionMade(self) -> None:  # noqa: N802
        super().connectionMade()
        self.flow = Flow()
        self._lingering = Lingering(self._unread, self._end)
        self._is_paused = False
        # Daphne hands over a transport on which the HTTP channel is still registered.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self.flow, True)  # noqa: FBT003 - "streaming"

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self.flow.stopProducing()
        self._lingering.stop()
        super().connectionLost(reason)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if not self.failedByMe:  # what follows a broken frame is thrown away (RFC 6455, section 7.1.7)
            super().dataReceived(data)

    def processData(self) -> bool:  # noqa: N802
        return not self.failedByMe and super().processData()

    def _protocol_violation(self, reason: str) -> bool:
        super()._protocol_violation(reason)
        return True  # nothing more of this frame is looked at

    def _invalid_payload(self, reason: str) -> bool:
        super()._invalid_payload(reason)
        return True

    def sendCloseFrame(self, code: int | None = None, *args: Any, **options: Any) -> None:  # noqa: N802
        is_first = self.state == self.STATE_OPEN
        super().sendCloseFrame(code, *args, **options)
        if not is_first:
            return
        if (
            self.autoPingTimeoutCall is not None
        ):  # its answer may be behind what a slow client has still to read
            self.autoPingTimeoutCall.cancel()
            self.autoPingTimeoutCall = None
        if self._is_paused:
            self._is_paused = False
            self.transport.resumeProducing()  # the client's answer is to be read
        if self.failedByMe:
            self._hang_up(code)
        self._lingering.start()

    def _hang_up(self, code: int | None) -> None:
        """The client broke the protocol: after the close frame it reads the end, and the application hears of it now."""
        self.muted = True
        self.application_queue.put_nowait({"type": "websocket.disconnect", "code": code})
        self.flow.stopProducing()
        self.transport.unregisterProducer()
        self.transport.loseWriteConnection()

    def _closeConnection(self, abort: bool = False) -> None:  # noqa: N802, FBT001, FBT002
        super()._closeConnection(
            abort and not self.wasClean
        )  # autobahn resets even whoever has answered its close

    def _end(self, is_stuck: bool) -> None:  # noqa: FBT001 - called by position
        if is_stuck:
            self.transport.abortConnection()
        else:
            self.dropConnection(abort=False)

    def cut_if_stuck(self) -> None:
        """The application has ended and could not say goodbye, because the client doesn't read."""
        if self.state == self.STATE_OPEN and not self.flow.is_writable:
            self.dropConnection(abort=True)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803, FBT001
        if self.state != self.STATE_OPEN:
            return
        super().onMessage(payload, isBinary)
        if not self._is_paused and self.application_queue.qsize() >= WAITING_FRAMES:
            self._is_paused = True
            self.transport.pauseProducing()
            self._resume_when_done()

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802, FBT001, FBT002
        if self._unsent() > UNSENT_BYTES:
            self.muted = True
            self.dropConnection(abort=True)
            return
        super().serverSend(content, binary)

    def sendMessage(self, payload: bytes, isBinary: bool = False, *args: Any, **options: Any) -> None:  # noqa: N802, N803, FBT001, FBT002
        super().sendMessage(payload, isBinary, *args, **{"doNotCompress": len(payload) < LEAST, **options})

    def _unsent(self) -> int:
        transport = self.transport
        return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)  # noqa: SLF001 - no other way

    def _unread(self) -> int:
        return self._unsent() + unacknowledged(self.transport.fileno())

    def _resume_when_done(self) -> None:
        if self.state == self.STATE_OPEN and self.application_queue.qsize() > WAITING_FRAMES // 2:
            asyncio.get_running_loop().call_later(RESUME_SECONDS, self._resume_when_done)
            return
        self._is_paused = False
        if self.transport is not None and self.transport.connected:
            self.transport.resumeProducing()


class GuardedFactory(WebSocketFactory):  # type: ignore[misc]
    """Makes guarded sockets; compresses long frames for clients that offer it.

    Broken frames are answered with a close frame instead of a reset, and `Lingering` bounds every close.
    """

    protocol = GuardedWebSocket
    deflate = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.setProtocolOptions(failByDrop=False, closeHandshakeTimeout=0)
        if self.deflate:
            self.setProtocolOptions(perMessageCompressionAccept=accept_deflate)


class GuardedRequest(WebRequest):  # type: ignore[misc]
    """A request whose body may not fill the disk, and whose answer may not fill the memory."""

    options: Options
    flow: Flow | None = None
    content: BinaryIO
    _most_bytes = 0
    _received = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        # Twisted would read a form into memory before the application does: 1.3 GB for one of 90 MB.
        super().__init__(*args, **options, parsePOSTFormSubmission=False)

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        super().gotLength(length)
        path = self.channel._path.partition(b"?")[0].decode("latin-1")  # noqa: SLF001 - the request learns its own later
        self._most_bytes = self.options.most_bytes(path, self.getHeader(b"authorization") or b"")
        if length is not None and length > self._most_bytes:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self._received += len(data)
        if self._received > self._most_bytes:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def take_body(self) -> BinaryIO:
        """The file in which the body is; from now on whoever took it closes it."""
        body, self.content = self.content, io.BytesIO()
        return body

    def hold_back(self) -> Flow:
        """From now on `flow` says when the client has read what was written."""
        if self.flow is None:
            self.flow = Flow()
            self.registerProducer(self.flow, True)  # noqa: FBT003 - "streaming"
        return self.flow

    def finish(self) -> None:
        if self.flow is not None:
            self.unregisterProducer()
        super().finish()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        if self.flow is not None:
            self.flow.stopProducing()
        super().connectionLost(reason)

    def _refuse(self) -> None:
        if self.channel is not None and self.channel.transport is not None:
            self.channel.transport.write(REFUSAL + TOO_LARGE)
            self.channel.transport.loseConnection()
