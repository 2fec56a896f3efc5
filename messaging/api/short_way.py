"""What clients read most, without Django in between.

An ASGI application in front of Django's. It answers what only reads, by bearer token, of few endpoints, with nothing but
what is chosen by, where it succeeds; every other request, and every refusal, goes on to Django as if nothing had been here.
What a request asks for is read, and links are made, by the view's own functions; headers are those that Django itself gave
to such a request; requests are counted in the same buckets. docs/performance.md says what it earns.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import psycopg

from messaging.api.short_changes import CHANGES
from messaging.api.short_history import HISTORY
from messaging.api.short_list import LIST
from messaging.api.short_requests import Headers, Plain, Scope, as_plain, endpoint_of
from messaging.api.short_sync import SYNC
from prayermap.lib import pipelines
from prayermap.lib.errors import ApiError
from prayermap.lib.http.rendering import as_json
from prayermap.lib.http.views import requests

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ENDPOINTS = (HISTORY, CHANGES, LIST, SYNC)


class ShortWay:
    """`django` answers what isn't answered here; `answered` counts what is."""

    def __init__(self, django: Application) -> None:
        self._django = django
        #: What Django said above such an answer, by endpoint and `http` or `https`.
        self._headers: dict[tuple[str, str], Headers] = {}
        self.answered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = endpoint_of(scope, ENDPOINTS)
        lines = pipelines.current()
        if found is None or lines is None:
            await self._django(scope, receive, send)
            return
        body, receive = await _kept(receive) if found.endpoint.method == "POST" else (b"", receive)
        plain = as_plain(scope, found, body)
        if plain is not None:
            kind = (plain.endpoint.name, str(plain.request.scheme))
            headers = self._headers.get(kind)
            if headers is None:
                send = self._learning(kind, send)
            elif (answer := await _answer(lines, plain)) is not None:
                self.answered += 1
                await _say(send, headers, answer)
                return
        await self._django(scope, receive, send)

    def _learning(self, kind: tuple[str, str], send: Send) -> Send:
        """The same, keeping the headers of a page that Django has answered."""

        async def learning(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = list(message["headers"])
                if not any(name.lower() == b"set-cookie" for name, _ in headers):
                    self._headers[kind] = headers
            await send(message)

        return learning


async def _say(send: Send, headers: Headers, body: bytes) -> None:
    length = b"%d" % len(body)
    headers = [(name, length if name == b"Content-Length" else value) for name, value in headers]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _kept(receive: Receive) -> tuple[bytes, Receive]:
    """The body, and a `receive` from which Django hears all of it again."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    said = iter(messages)

    async def again() -> Mapping[str, Any]:
        return next(said, None) or await receive()

    return b"".join(message.get("body", b"") for message in messages), again


async def _answer(lines: pipelines.Pipelines, plain: Plain) -> bytes | None:
    """None where Django must say what is wrong; the request is then counted there."""
    try:
        requests.take(plain.reader.person)
    except ApiError:
        return None
    told: Any = None
    try:
        told = await plain.endpoint.answer(lines, plain)
    except (psycopg.Error, OSError, ApiError) as error:
        if not isinstance(error, psycopg.errors.InvalidAuthorizationSpecification):
            logger.warning("%s not read the short way: %s", plain.endpoint.name, type(error).__name__)
    finally:
        if told is None:
            requests.give_back(plain.reader.person)
    return None if told is None else as_json(told)
