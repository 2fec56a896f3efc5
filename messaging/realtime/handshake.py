"""Who opens a socket, and from where."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from accounts.queries import live_session
from accounts.tokens import read_access_token
from prayermap.lib.http.platforms import platform_of

from .service import Person, Realtime

SUBPROTOCOL = "prayermap.v1"


def offered_subprotocol(scope: dict[str, Any]) -> str | None:
    """Ours when the client offers it; None for a client that offers none (wscat and its like)."""
    return SUBPROTOCOL if SUBPROTOCOL in scope["subprotocols"] else None


def is_origin_allowed(scope: dict[str, Any]) -> bool:
    """A page may open a socket to its own host, or when its origin is in SOCKET_ORIGINS; no origin is no page."""
    origin = _header(scope, b"origin")
    if origin is None:
        return True
    return origin in settings.SOCKET_ORIGINS or urlsplit(origin).netloc == _header(scope, b"host")


async def authenticate(realtime: Realtime, scope: dict[str, Any]) -> Person | None:
    """By the ticket in the address, or the access token in the header; a cookie alone opens nothing.

    None when neither holds. Raises Unavailable without Valkey or PostgreSQL.
    """
    query = parse_qs(scope.get("query_string", b"").decode("ascii", "replace"))
    if ticket := query.get("ticket"):
        return await realtime.person_of_ticket(ticket[0])
    scheme, _, token = (_header(scope, b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    access = read_access_token(token.strip())
    session = await live_session(access.user_id, access.session_id) if access else None
    if access is None or session is None:
        return None
    return Person(access.user_id, access.session_id, session.name, session.device_id)


def platform_of_client(scope: dict[str, Any]) -> str:
    """What receipts are noted with; see `platform_of()`."""
    return platform_of(_header(scope, b"user-agent") or "")


def forget_handshake(scope: dict[str, Any]) -> None:
    """All is known that was asked of it. Every layer of the application holds on to the scope: 2 kB a socket."""
    scope["headers"].clear()
    scope.clear()


def _header(scope: dict[str, Any], name: bytes) -> str | None:
    value = dict(scope["headers"]).get(name)
    return value.decode("latin-1") if value is not None else None
