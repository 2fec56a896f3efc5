"""Content-Security-Policy: pages run what this server sends, and nothing that slipped into their text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

HEADER = "Content-Security-Policy"
#: `data:` is the QR code of a second factor and the arrows of API documentation; images run nothing.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
#: For pages of documentation that carry their style sheet: no script of theirs may be inline.
INLINE_STYLES = f"{POLICY}; style-src 'self' 'unsafe-inline'"

Respond = Callable[[HttpRequest], HttpResponseBase]
RespondLater = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def content_security_policy(get_response: Respond | RespondLater) -> Respond | RespondLater:
    """Every answer gets `POLICY`, unless its view set another one. Without a thread's hop under ASGI."""
    if iscoroutinefunction(get_response):
        later = cast("RespondLater", get_response)

        async def respond_later(request: HttpRequest) -> HttpResponseBase:
            response = await later(request)
            response.headers.setdefault(HEADER, POLICY)
            return response

        return respond_later
    now = cast("Respond", get_response)

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = now(request)
        response.headers.setdefault(HEADER, POLICY)
        return response

    return respond


def with_policy(policy: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a view whose page needs another policy."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def with_its_own(*args: Any, **kwargs: Any) -> Any:
            response = view(*args, **kwargs)
            response.headers[HEADER] = policy
            return response

        return with_its_own

    return decorate
