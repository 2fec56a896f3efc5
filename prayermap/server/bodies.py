"""A limit on the size of request bodies, for servers that stream them: Django would write all of one to disk first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

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


def limit_bodies(application: Application, limit: int) -> Application:
    """The same application, whose requests of more than `limit` bytes are answered with 413 as soon as that shows."""

    async def limited(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        received = 0

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
            headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": TOO_LARGE})

    return limited


def announced(scope: dict[str, Any]) -> int:
    """The Content-Length; 0 when there is none or it is no number, which the server has refused already."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
