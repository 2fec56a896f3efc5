"""Creations other than messages, repeated: the same `client_id` finds the first result for 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

import msgspec

from accounts.models import ClientKey
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.digests import request_digests, same_digest, without_client_id
from prayermap.lib.errors import ClientIdReused

KEPT = timedelta(days=30)


def earlier_result(client_id: UUID | None, scope: UUID, body: msgspec.Struct) -> UUID | None:
    """What this very request made before; None for a first time. Raises ClientIdReused for another request."""
    if client_id is None:
        return None
    user_id = current_user_id()
    _wait_for_rivals(user_id, client_id)
    key = ClientKey.objects.filter(pk=(user_id, client_id)).first()
    if key is None:
        return None
    if not same_digest(key.digest, request_digests(user_id, scope, without_client_id(body))):
        raise ClientIdReused
    return key.result_id


def _wait_for_rivals(user_id: UUID, client_id: UUID) -> None:
    """The same request on its way twice: the second waits for the first one's commit, then finds its result."""
    key = int.from_bytes(blake2b(user_id.bytes + client_id.bytes, digest_size=8).digest(), signed=True)
    call("pg_advisory_xact_lock", key, types="bigint")


def remember(client_id: UUID | None, scope: UUID, body: msgspec.Struct, result: UUID) -> None:
    if client_id is not None:
        user_id = current_user_id()
        digest = request_digests(user_id, scope, without_client_id(body))[0]
        ClientKey.objects.create(user_id=user_id, client_id=client_id, digest=digest, result_id=result)


def purge_client_keys(now: datetime, *, batch: int = 5_000) -> int:
    """Forget what is older than 30 days, at most `batch` rows; returns how many went. Runs as the owner."""
    old = ClientKey.objects.using("owner").filter(created_at__lt=now - KEPT)
    pairs = list(old.values_list("user_id", "client_id")[:batch])
    return ClientKey.objects.using("owner").filter(pk__in=pairs).delete()[0] if pairs else 0
