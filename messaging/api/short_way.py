"""What clients read most, without Django in between.

An ASGI application in front of Django's. It answers a GET by bearer token of few endpoints, with nothing but what a page
is chosen by, that succeeds; every other request, and every refusal, goes on to Django as if nothing had been here. What
a request asks for is read, and links are made, by the view's own functions; headers are those that Django itself gave to
such a request; requests are counted in the same buckets. docs/performance.md says what it earns.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import psycopg

from messaging.api.short_changes import CHANGES
from messaging.api.short_history import HISTORY
from messaging.api.short_list import LIST
from messaging.api.short_requests import Headers, Plain, Scope, as_plain
from prayermap.lib import pipelines
from prayermap.lib.errors import ApiError
from prayermap.lib.http.rendering import as_json
from prayermap.lib.http.views import requests

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ENDPOINTS = (HISTORY, CHANGES, LIST)


class ShortWay:
    """`django` answers what isn't answered here; `answered` counts what is."""

    def __init__(self, django: Application) -> None:
        self._django = django
        #: What Django said above such an answer, by endpoint and `http` or `https`.
        self._headers: dict[tuple[str, str], Headers] = {}
        self.answered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        plain = as_plain(scope, ENDPOINTS)
        lines = pipelines.current()
        if plain is None or lines is None:
            await self._django(scope, receive, send)
            return
        kind = (plain.endpoint.name, str(plain.request.scheme))
        headers = self._headers.get(kind)
        if headers is None:
            await self._django(scope, receive, self._learning(kind, send))
            return
        body = await _answer(lines, plain)
        if body is None:
            await self._django(scope, receive, send)
            return
        self.answered += 1
        length = b"%d" % len(body)
        headers = [(name, length if name == b"Content-Length" else value) for name, value in headers]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _learning(self, kind: tuple[str, str], send: Send) -> Send:
        """The same, keeping the headers of a page that Django has answered."""

        async def learning(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = list(message["headers"])
                if not any(name.lower() == b"set-cookie" for name, _ in headers):
                    self._headers[kind] = headers
            await send(message)

        return learning


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
