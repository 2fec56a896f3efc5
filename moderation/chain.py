"""How the audit trail is hashed and sealed: pure functions, the twin of sql/0003_audit."""

from __future__ import annotations

import hmac
from datetime import UTC
from functools import cache
from hashlib import blake2b, sha256
from uuid import UUID

from django.conf import settings

from moderation.models import AuditDetail, AuditEntry, AuditIdentity

#: How far the chain was sealed, in Valkey: a sorted set with one member, which `GT` never lets go back.
WITNESS, WITNESS_MEMBER = "prayermap:audit", "sealed"


def hash_of(before: bytes, entry: AuditEntry) -> bytes:
    """What an entry's `hash` must be after an entry with the hash `before` (empty: it is the first)."""
    parts = (
        str(entry.number),
        entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
        entry.action,
        str(entry.actor or "-"),
        entry.subject_kind,
        str(entry.subject or "-"),
        str(entry.case_id or "-"),
        bytes(entry.detail_digest).hex(),
        ",".join(map(str, entry.covers)),
    )
    return sha256(before + "|".join(parts).encode()).digest()


def digest_of(detail: AuditDetail) -> bytes:
    """What the `detail_digest` of its entry must be."""
    return sha256(bytes(detail.salt) + detail.body.encode()).digest()


def pseudonym_of(identity: AuditIdentity) -> UUID:
    """What the pseudonym of this person must be."""
    return UUID(bytes=sha256(bytes(identity.salt) + identity.user_id.bytes).digest()[:16])


def mac_of(number: int, digest: bytes) -> bytes:
    """The seal of the chain up to this entry."""
    return _macs(number, digest)[0]


def is_mac_of(mac: bytes, number: int, digest: bytes) -> bool:
    """Whether this seal was made with SECRET_KEY or one of its fallbacks."""
    return any(hmac.compare_digest(mac, good) for good in _macs(number, digest))


def _macs(number: int, digest: bytes) -> list[bytes]:
    text = number.to_bytes(8) + digest
    keys = _keys((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    return [hmac.digest(key, text, "sha256") for key in keys]


@cache
def _keys(secrets: tuple[str, ...]) -> list[bytes]:
    return [blake2b(secret.encode(), person=b"pm-audit", digest_size=32).digest() for secret in secrets]
