"""One-time tickets that open a socket: a browser can't send a header with the handshake, and an address is logged.

A ticket is worth 30 seconds and one use. Valkey holds its digest, so that nothing there opens a socket.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from uuid import UUID

import msgspec
import redis
from django.conf import settings

from accounts.models import Session
from prayermap.lib import valkey
from prayermap.lib.errors import Unavailable
from prayermap.lib.rate import hit

_BYTES = 32
_LONGEST = 128
_RETRY_MS = 1_000


class Ticket(msgspec.Struct, frozen=True, array_like=True):
    """Who may open a socket with it."""

    user: UUID
    session: UUID
    device_id: str


_decoder = msgspec.msgpack.Decoder(Ticket)


def issue_ticket(*, session: Session, device_id: str) -> str:
    """A ticket for a socket of this session. Raises RateLimited above 10 a minute, Unavailable without Valkey."""
    hit("ticket", str(session.user_id))
    token = secrets.token_urlsafe(_BYTES)
    ticket = Ticket(session.user_id, session.pk, device_id or session.device_id)
    try:
        valkey.client().set(_key(token), msgspec.msgpack.encode(ticket), ex=settings.TICKET_SECONDS)
    except redis.RedisError:
        raise Unavailable(retry_after_ms=_RETRY_MS) from None
    return token


def take_ticket(*, token: str) -> Ticket | None:
    """Use a ticket up. None for a bad, used or expired one. Raises Unavailable without Valkey."""
    if len(token) > _LONGEST:
        return None
    try:
        return _ticket(valkey.client().getdel(_key(token)))
    except redis.RedisError:
        raise Unavailable(retry_after_ms=_RETRY_MS) from None


async def take_ticket_async(*, token: str) -> Ticket | None:
    """The same on the event loop."""
    if len(token) > _LONGEST:
        return None
    try:
        return _ticket(await valkey.async_client().getdel(_key(token)))
    except redis.RedisError:
        raise Unavailable(retry_after_ms=_RETRY_MS) from None


def _key(token: str) -> str:
    return f"ticket:{sha256(token.encode(errors='replace')).hexdigest()}"


def _ticket(raw: object) -> Ticket | None:
    return _decoder.decode(raw) if isinstance(raw, bytes) else None
