"""A page of history without Django in between.

An ASGI application in front of Django's. It answers a GET of `messages/` by bearer token, with nothing but a cursor and
a limit, that succeeds; every other request, and every refusal, goes on to Django as if nothing had been here. What a
request asks for is read, and links are made, by the view's own functions; headers are those that Django itself gave to
such a request; requests are counted in the same buckets. docs/performance.md says what it earns.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from rest_framework.request import Request

from accounts.authentication import bearer_token
from accounts.tokens import read_access_token
from messaging.api.messages import asked_page, page_links
from messaging.queries.history import HistoryPage, Reader, history_page
from messaging.schemas.messages import MessagePage
from prayermap.lib import pipelines
from prayermap.lib.errors import ApiError
from prayermap.lib.http.rendering import as_json
from prayermap.lib.http.views import requests

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_PATH = re.compile(
    r"/api/v1/conversations/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/messages/"
)
_PARAMETERS = frozenset({"limit", "before", "after"})
#: A cookie may be a browser's session; a body, or another form of the answer, is for Django to judge.
_UNUSUAL = frozenset({b"cookie", b"transfer-encoding", b"content-type", b"upgrade", b"expect"})
_ANYTHING = frozenset({b"*/*", b"application/json", b"application/json, text/plain, */*"})


class Plain(NamedTuple):
    """A request that can be answered here."""

    request: Request
    reader: Reader
    conversation: UUID
    cursor: tuple[str, int] | None
    limit: int


class ShortWay:
    """`django` answers what isn't answered here; `answered` counts what is."""

    def __init__(self, django: Application) -> None:
        self._django = django
        #: What Django said above such an answer, by `http` and `https`.
        self._headers: dict[str, Headers] = {}
        self.answered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        plain = as_plain(scope)
        lines = pipelines.current()
        if plain is None or lines is None:
            await self._django(scope, receive, send)
            return
        scheme = str(plain.request.scheme)
        headers = self._headers.get(scheme)
        if headers is None:
            await self._django(scope, receive, self._learning(scheme, send))
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

    def _learning(self, scheme: str, send: Send) -> Send:
        """The same, keeping the headers of a page that Django has answered."""

        async def learning(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = list(message["headers"])
                if not any(name.lower() == b"set-cookie" for name, _ in headers):
                    self._headers[scheme] = headers
            await send(message)

        return learning


def as_plain(scope: Scope) -> Plain | None:
    """None for a request that is for Django."""
    if scope["type"] != "http" or scope["method"] != "GET" or scope.get("root_path"):
        return None
    found = _PATH.fullmatch(scope["path"])
    if found is None or not _is_usual(scope["headers"]):
        return None
    try:
        request = Request(ASGIRequest(scope, BytesIO()))
        request.get_host()  # raises for a host that isn't ours
        access = read_access_token(bearer_token(request) or "")
        if access is None or not _PARAMETERS.issuperset(request.query_params):
            return None
        cursor, limit = asked_page(request)
    except (ApiError, SuspiciousOperation, BadRequest, ValueError):
        return None
    reader = Reader(access.user_id, access.session_id)
    return Plain(request, reader, UUID(found[1]), cursor, limit)


def _is_usual(headers: Headers) -> bool:
    names = [name for name, _ in headers]
    return (
        len(set(names)) == len(names)
        and _UNUSUAL.isdisjoint(names)
        and all(
            (name != b"accept" or value in _ANYTHING) and (name != b"content-length" or value == b"0")
            for name, value in headers
        )
    )


async def _answer(lines: pipelines.Pipelines, plain: Plain) -> bytes | None:
    """None where Django must say what is wrong; the request is then counted there."""
    try:
        requests.take(plain.reader.person)
    except ApiError:
        return None
    page: HistoryPage | None = None
    try:
        page = await history_page(
            lines,
            plain.reader,
            plain.conversation,
            limit=plain.limit,
            **dict([plain.cursor] if plain.cursor else []),
        )
    except (psycopg.Error, OSError, ApiError) as error:
        if not isinstance(error, psycopg.errors.InvalidAuthorizationSpecification):
            logger.warning("history not read the short way: %s", type(error).__name__)
    finally:
        if page is None:
            requests.give_back(plain.reader.person)
    if page is None:
        return None
    links = page_links(plain.request, page.messages, page, plain.cursor, plain.limit)
    return as_json(MessagePage(page.messages, *links))
