"""Which requests may be answered without Django: plain ones of few endpoints, with a token of ours."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from io import BytesIO
from typing import Any, NamedTuple

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from rest_framework.request import Request

from accounts.authentication import bearer_token
from accounts.tokens import read_access_token
from messaging.queries.history import Reader
from prayermap.lib.errors import ApiError
from prayermap.lib.pipelines import Pipelines

Scope = dict[str, Any]
Headers = list[tuple[bytes, bytes]]

#: The path below which one conversation is read; its id as clients are told it.
CONVERSATION = r"/api/v1/conversations/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/"
#: A cookie may be a browser's session; a body, or another form of the answer, is for Django to judge.
_UNUSUAL = frozenset({b"cookie", b"transfer-encoding", b"content-type", b"upgrade", b"expect"})
_ANYTHING = frozenset({b"*/*", b"application/json", b"application/json, text/plain, */*"})


class Endpoint(NamedTuple):
    """A GET that can be answered here, by the functions with which Django's view answers it."""

    name: str
    path: re.Pattern[str]
    parameters: frozenset[str]
    #: What a request asks for. None, or an error, for what Django must answer.
    asked: Callable[[Request, re.Match[str]], Any]
    #: What it is told: a shape; None where Django must say it.
    answer: Callable[[Pipelines, Plain], Awaitable[Any]]


class Plain(NamedTuple):
    """A request that can be answered here."""

    endpoint: Endpoint
    request: Request
    reader: Reader
    asked: Any


def as_plain(scope: Scope, endpoints: Iterable[Endpoint]) -> Plain | None:
    """None for a request that is for Django."""
    if scope["type"] != "http" or scope["method"] != "GET" or scope.get("root_path"):
        return None
    for endpoint in endpoints:
        if found := endpoint.path.fullmatch(scope["path"]):
            return _read(scope, endpoint, found) if _is_usual(scope["headers"]) else None
    return None


def _read(scope: Scope, endpoint: Endpoint, found: re.Match[str]) -> Plain | None:
    try:
        request = Request(ASGIRequest(scope, BytesIO()))
        request.get_host()  # raises for a host that isn't ours
        access = read_access_token(bearer_token(request) or "")
        if access is None or not endpoint.parameters.issuperset(request.query_params):
            return None
        asked = endpoint.asked(request, found)
    except (ApiError, SuspiciousOperation, BadRequest, ValueError):
        return None
    if asked is None:
        return None
    return Plain(endpoint, request, Reader(access.user_id, access.session_id), asked)


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
