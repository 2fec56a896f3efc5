"""Django behind ASGI in one hop: a request is a thread's from its first signal to its last.

Every view and middleware here is synchronous. Django's own handler steps into a thread and back for each middleware's
half, for the signals before and after, and makes a thread for every request and another one to end it. Here one thread
of a pool does all of it; docs/performance.md says what that spares. Streams (files) go Django's way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.db import close_old_connections
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

#: Far more than there are connections to the database: an upload, or the hash of a password, needs none meanwhile.
_THREADS = ThreadPoolExecutor(128, thread_name_prefix="request")

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class OneHopHandler(ASGIHandler):
    """The whole chain, signals and view included, in one thread."""

    def __init__(self) -> None:
        self.load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError("Django answers HTTP alone.")
        try:
            body_file = await self.read_body(receive)
        except RequestAborted:
            return
        respond = sync_to_async(self._respond, thread_sensitive=False, executor=_THREADS)
        response = await respond(scope, body_file)
        if response.streaming:
            await self._stream(response, receive, send)
        else:
            await self.send_response(response, send)
        body_file.close()

    def _respond(self, scope: Scope, body_file: Any) -> HttpResponseBase:
        """The answer, closed already unless it streams. No connection stays with the thread."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body_file)
        response = cast("HttpResponseBase", refused if request is None else self.get_response(request))
        response._handler_class = self.__class__  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's handler does
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if response.streaming:
            close_old_connections()
        else:
            response.close()
        return response

    async def _stream(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        """Until the end, or until the client leaves."""
        async with ThreadSensitiveContext():
            sending = asyncio.ensure_future(self.send_response(response, send))
            leaving = asyncio.ensure_future(self.listen_for_disconnect(receive))
            try:
                await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (sending, leaving):
                    task.cancel()
                ended = await asyncio.gather(sending, leaving, return_exceptions=True)
                await sync_to_async(response.close)()
        if isinstance(ended[0], Exception):
            raise ended[0]

    def create_request(
        self, scope: Mapping[str, Any], body_file: Any
    ) -> tuple[ASGIRequest, None] | tuple[None, HttpResponseBase]:
        """Django takes a form without an announced length (chunked, as from a phone's camera) for an empty one."""
        if not any(name == b"content-length" for name, _ in scope["headers"]):
            length = body_file.seek(0, 2)
            body_file.seek(0)
            scope = {**scope, "headers": [*scope["headers"], (b"content-length", b"%d" % length)]}
        return super().create_request(scope, body_file)
