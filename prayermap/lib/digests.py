"""Keyed digests of requests: two equal ones are one request repeated, and nobody reads the request from one."""

from __future__ import annotations

import hmac
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings


def request_digests(user_id: UUID, scope: UUID, body: msgspec.Struct) -> list[str]:
    """Digests of what a person asked for somewhere (`scope`: a conversation, a prayer), the current SECRET_KEY's first."""
    raw = b"%b\0%b\0%b" % (user_id.bytes, scope.bytes, _canonical(body))
    return [blake2b(raw, key=key, digest_size=16).hexdigest() for key in _digest_keys()]


def same_digest(stored: str, digests: list[str]) -> bool:
    return any(hmac.compare_digest(stored, digest) for digest in digests)


def without_client_id(body: Any) -> Any:
    """The same request without its `client_id`, for comparing creations."""
    return msgspec.structs.replace(body, client_id=None)


def _canonical(body: msgspec.Struct) -> bytes:
    return msgspec.json.encode(body, order="deterministic")


_keys: dict[tuple[str, ...], list[bytes]] = {}


def _digest_keys() -> list[bytes]:
    secrets: tuple[str, ...] = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if secrets not in _keys:
        _keys[secrets] = [blake2b(s.encode(), person=b"pm-replay", digest_size=32).digest() for s in secrets]
    return _keys[secrets]
