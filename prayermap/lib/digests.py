"""Keyed digests of requests: two equal ones are one request repeated, and nobody reads the request from one."""

from __future__ import annotations

import hmac
from functools import cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.core.signals import setting_changed


def request_digests(user_id: UUID, scope: UUID, body: msgspec.Struct) -> list[str]:
    """Digests of what a person asked for somewhere (`scope`: a conversation, a prayer), the current SECRET_KEY's first."""
    raw = b"%b\0%b\0%b" % (user_id.bytes, scope.bytes, _canonical(body))
    digests = []
    for keyed in _keyed():
        digest = keyed.copy()
        digest.update(raw)
        digests.append(digest.hexdigest())
    return digests


def same_digest(stored: str, digests: list[str]) -> bool:
    return any(hmac.compare_digest(stored, digest) for digest in digests)


def without_client_id(body: Any) -> Any:
    """The same request without its `client_id`, for comparing creations."""
    return msgspec.structs.replace(body, client_id=None)


def _canonical(body: msgspec.Struct) -> bytes:
    return msgspec.json.encode(body, order="deterministic")


@cache
def _keyed() -> list[blake2b]:
    """The digest of nothing under each secret: to copy one spares the key's own block."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    keys = [blake2b(secret.encode(), person=b"pm-replay", digest_size=32).digest() for secret in secrets]
    return [blake2b(key=key, digest_size=16) for key in keys]


def _forget_keys(**_changed: Any) -> None:
    _keyed.cache_clear()


setting_changed.connect(_forget_keys)
