"""Who sends this request: a bearer token, or a browser's session with its CSRF token."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from accounts import queries
from accounts.models import Session, User
from prayermap.lib.errors import NotAuthenticated

#: Where a browser's session remembers its row of `Session`.
BROWSER_SESSION_KEY = "prayermap_session"


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access>`: a signature and one query. `request.auth` is the Session."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        """None where the header is another scheme's; raises NotAuthenticated for a token that is no good."""
        token = bearer_token(request)
        if token is None:
            return None
        session = session_for_access_token(token)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def bearer_token(request: Request) -> str | None:
    """None where the header is another scheme's, or isn't there."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


class BrowserAuthentication(SessionAuthentication):
    """The cookie of a signed-in browser, CSRF enforced. `request.auth` is the Session, as with a token."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        session = browser_session(request._request, found[0])  # noqa: SLF001 - DRF offers no other way to Django's request
        return (session.user, session) if session else None


def browser_session(request: HttpRequest, user: AbstractBaseUser | AnonymousUser) -> Session | None:
    """The live session of `user` behind a browser's cookie; None when it was ended elsewhere. One query."""
    known = request.session.get(BROWSER_SESSION_KEY)
    session = queries.session_by_id(UUID(known)) if isinstance(known, str) else None
    return session if session and session.user_id == user.pk else None


def session_for_access_token(token: str) -> Session:
    """The live session of an access token, with its `user`. Raises NotAuthenticated. One query.

    Synchronous: a socket's handshake calls it on a database thread.
    """
    session = queries.session_by_token(token)
    if session is None:
        raise NotAuthenticated
    return session
