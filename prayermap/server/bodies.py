"""A limit on the size of request bodies, for servers that stream them: Django would write all of one to disk first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO

from prayermap.server.options import Options

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

TOO_LARGE = (
    b'{"type":"about:blank","title":"Content Too Large","status":413,"code":"too_large",'
    b'"detail":"The request is larger than this server accepts."}'
)


class BodyTooLargeError(Exception):
    """More arrived than the server accepts."""


def limit_bodies(application: Application, options: Options) -> Application:
    """The same application, whose requests of more bytes than they may have get a 413 as soon as that shows."""

    async def limited(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        received = 0
        limit = options.most_bytes(scope["path"], header(scope, b"authorization"))

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLargeError
            return message

        try:
            if announced(scope) > limit:
                raise BodyTooLargeError
            await application(scope, counted, send)
        except BodyTooLargeError:
            headers = [
                (b"content-type", b"application/problem+json"),
                (b"cache-control", b"private, no-store"),
                (b"connection", b"close"),
            ]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": TOO_LARGE})

    return limited


def announced(scope: dict[str, Any]) -> int:
    """The Content-Length; 0 when there is none or it is no number, which the server has refused already."""
    value = header(scope, b"content-length")
    return int(value) if value.isdigit() else 0


def header(scope: dict[str, Any], wanted: bytes) -> bytes:
    """The first header of this name, empty when there is none."""
    return next((value for name, value in scope["headers"] if name == wanted), b"")


#: Where daphne's guard leaves the file with a request's body for `read_from_disk`.
BODY = "prayermap.body"
_BLOCK = 65_536


def read_from_disk(application: Application) -> Application:
    """The same application for a server that has a request's body in a file: it is read as it is asked for.

    Daphne by itself puts the whole body into a queue in memory first.
    """

    async def reading(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        body: BinaryIO | None = scope.pop(BODY, None)
        if body is None:
            await application(scope, receive, send)
            return
        more = True

        async def next_part() -> Message:
            nonlocal more
            if more:
                block = body.read(_BLOCK)
                more = len(block) == _BLOCK
                return {"type": "http.request", "body": block, "more_body": more}
            while (message := await receive())["type"] == "http.request":
                pass  # the empty body that daphne found in the file's place
            return message

        with body:
            await application(scope, next_part, send)

    return reading
