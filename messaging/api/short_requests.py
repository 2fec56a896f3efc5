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
#: A cookie may be a browser's session; a body of unknown length, or another form of the answer, is for Django to judge.
_UNUSUAL = frozenset({b"cookie", b"transfer-encoding", b"upgrade", b"expect"})
#: Bytes of a body; `sync` with 1,000 conversations has 50,000.
_MOST = 65_536
_ANYTHING = frozenset({b"*/*", b"application/json", b"application/json, text/plain, */*"})


class Endpoint(NamedTuple):
    """What can be answered here, by the functions with which Django's view answers it. It changes nothing."""

    name: str
    path: re.Pattern[str]
    parameters: frozenset[str]
    #: What a request asks for. None, or an error, for what Django must answer.
    asked: Callable[[Request, re.Match[str]], Any]
    #: What it is told: a shape; None where Django must say it.
    answer: Callable[[Pipelines, Plain], Awaitable[Any]]
    #: A POST asks with a JSON body.
    method: str = "GET"


class Found(NamedTuple):
    """An endpoint, and the match of its path."""

    endpoint: Endpoint
    path: re.Match[str]


class Plain(NamedTuple):
    """A request that can be answered here."""

    endpoint: Endpoint
    request: Request
    reader: Reader
    asked: Any


def endpoint_of(scope: Scope, endpoints: Iterable[Endpoint]) -> Found | None:
    """None for a request that is for Django, as far as its first line and its headers tell."""
    if scope["type"] != "http" or scope.get("root_path"):
        return None
    for endpoint in endpoints:
        if scope["method"] == endpoint.method and (found := endpoint.path.fullmatch(scope["path"])):
            return Found(endpoint, found) if _is_usual(scope["headers"], endpoint.method) else None
    return None


def as_plain(scope: Scope, found: Found, body: bytes) -> Plain | None:
    """None for a request that is for Django."""
    endpoint = found.endpoint
    try:
        request = Request(ASGIRequest(scope, BytesIO(body)))
        request.get_host()  # raises for a host that isn't ours
        access = read_access_token(bearer_token(request) or "")
        if access is None or not endpoint.parameters.issuperset(request.query_params):
            return None
        asked = endpoint.asked(request, found.path)
    except (ApiError, SuspiciousOperation, BadRequest, ValueError):
        return None
    if asked is None:
        return None
    return Plain(endpoint, request, Reader(access.user_id, access.session_id), asked)


def _is_usual(headers: Headers, method: str) -> bool:
    given = dict(headers)
    return (
        len(given) == len(headers)
        and _UNUSUAL.isdisjoint(given)
        and given.get(b"accept", b"*/*") in _ANYTHING
        and (_has_json(given) if method == "POST" else _has_no_body(given))
    )


def _has_no_body(given: dict[bytes, bytes]) -> bool:
    return b"content-type" not in given and given.get(b"content-length", b"0") == b"0"


def _has_json(given: dict[bytes, bytes]) -> bool:
    length = given.get(b"content-length", b"")
    is_known = length.isdigit() and len(length) <= len(str(_MOST)) and int(length) <= _MOST
    return is_known and given.get(b"content-type") == b"application/json"
