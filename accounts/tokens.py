"""The two tokens of a session: what they say and how they are proved. No query.

Both are keyed by SECRET_KEY, each for its purpose alone; tokens made with a SECRET_KEY_FALLBACKS stay good.
The refresh token of (session, generation) is computed, not remembered, so that repeating the last refresh can
answer with the very same pair although the database holds only a digest.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import datetime
from functools import cache
from hashlib import blake2b, sha256
from typing import NamedTuple
from uuid import UUID

import jwt
from django.conf import settings
from jwt.types import Options

_ALGORITHM = "HS256"
#: `iat` isn't compared with the clock: another server's may be a second ahead.
_OPTIONS: Options = {"require": ["sub", "sid", "iat", "exp"], "verify_iat": False}
_BODY_BYTES, _MAC_BYTES = 20, 32  # session id and generation; HMAC-SHA256
_REFRESH_LENGTH = 70  # of 52 bytes in base64 without padding
_ACCESS_LENGTH = 1024


class Access(NamedTuple):
    """What a proved access token says."""

    user_id: UUID
    session_id: UUID


class Refresh(NamedTuple):
    """What a proved refresh token says."""

    session_id: UUID
    generation: int


def access_token(*, user_id: UUID, session_id: UUID, generation: int, issued_at: datetime) -> str:
    """A JWT that lives settings.ACCESS_TOKEN_SECONDS from `issued_at`. Equal arguments give an equal token."""
    issued = int(issued_at.timestamp())
    claims = {
        "sub": str(user_id),
        "sid": str(session_id),
        "jti": f"{session_id.hex}.{generation}",
        "iat": issued,
        "exp": issued + settings.ACCESS_TOKEN_SECONDS,
    }
    return jwt.encode(claims, _keys("access")[0], algorithm=_ALGORITHM)


def read_access_token(token: str) -> Access | None:
    """None unless the signature is ours and the time has not run out."""
    if len(token) > _ACCESS_LENGTH:
        return None
    for key in _keys("access"):
        try:
            claims = jwt.decode(token, key, algorithms=[_ALGORITHM], options=_OPTIONS)
            return Access(UUID(claims["sub"]), UUID(claims["sid"]))
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            return None
    return None


def may_upload(authorization: bytes) -> bool:
    """Whether this header has an access token of ours: without a query, for a server that is about to take a large body."""
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    return scheme.lower() == "bearer" and read_access_token(token.strip()) is not None


def refresh_tokens(session_id: UUID, generation: int) -> list[str]:
    """The refresh token under each key, the present SECRET_KEY's first."""
    body = _body(session_id, generation)
    return [_encode(body + _mac(key, body)) for key in _keys("refresh")]


def read_refresh_token(token: str) -> Refresh | None:
    """None unless we made it. Whether it is the newest of its session, the caller asks the database."""
    if len(token) != _REFRESH_LENGTH or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token + "==", altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    body, mac = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
    if _encode(raw) != token:  # the last character has bits that decoding ignores
        return None
    if not any(hmac.compare_digest(mac, _mac(key, body)) for key in _keys("refresh")):
        return None
    return Refresh(UUID(bytes=body[:16]), int.from_bytes(body[16:], "big"))


def digest(token: str) -> bytes:
    """What is stored in a token's place."""
    return sha256(token.encode()).digest()


def _body(session_id: UUID, generation: int) -> bytes:
    return session_id.bytes + generation.to_bytes(_BODY_BYTES - 16, "big")


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _keys(purpose: str) -> tuple[bytes, ...]:
    return _derived(purpose, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@cache
def _derived(purpose: str, secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    person = f"pm-{purpose}".encode()
    return tuple(
        blake2b(secret.encode(), person=person, digest_size=_MAC_BYTES).digest() for secret in secrets
    )
