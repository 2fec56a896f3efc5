"""Add to the audit trail, and seal it.

Every entry is chained in PostgreSQL (sql/0003_audit). A seal is a keyed digest of the chain's newest entry, which
somebody who has the database but not SECRET_KEY can't make; Valkey remembers how far the chain was sealed, so that
an end that was cut off is missed as well.
"""

from __future__ import annotations

import logging
from uuid import UUID

import msgspec
import redis
from django.db import DEFAULT_DB_ALIAS, transaction

from moderation.chain import WITNESS, WITNESS_MEMBER, mac_of
from prayermap.lib.acting import MEMBER_ROLE, acting_role
from prayermap.lib.db import call
from prayermap.lib.valkey import client

logger = logging.getLogger(__name__)

Value = str | int | bool | None | list[str] | list[int]


def record(
    *,
    action: str,
    subject_kind: str = "",
    subject: UUID | None = None,
    case: UUID | None = None,
    using: str = DEFAULT_DB_ALIAS,
    **detail: Value,
) -> int:
    """Add an entry about what the person who acts has done, or the server where nobody acts; its number.

    `action` is two words, as in `export.made`. `subject` with its kind is what it was done to: a user's id for the
    kind `person`, who stands in the chain under a pseudonym. `detail` is kept beside the chain, where it can be
    erased; it holds no text that somebody wrote, no name and no address. A member's request may record `report`,
    `appeal` and `privacy` only, and is sealed by the worker.
    Call it last in a transaction: entries are added one at a time, and the next waits for the commit.
    """
    body = msgspec.json.encode(detail, order="deterministic").decode()
    (entry,) = call(
        "append_audit",
        action, subject_kind, subject, case, body, [],
        types="text text uuid uuid text bigint[]",
        using=using,
    )  # fmt: skip
    if acting_role() != MEMBER_ROLE:
        _seal(entry.number, bytes(entry.hash), using)
    return int(entry.number)


def seal_newest(*, using: str = DEFAULT_DB_ALIAS) -> int:
    """Seal the chain as it stands; the number of its newest entry, 0 where there is none."""
    for entry in call("audit_head", using=using):
        _seal(entry.number, bytes(entry.hash), using)
        return int(entry.number)
    return 0


def _seal(number: int, digest: bytes, using: str) -> None:
    call("seal_audit", number, mac_of(number, digest), types="bigint bytea", using=using)
    transaction.on_commit(lambda: _remember(number), using=using)


def _remember(number: int) -> None:
    """In Valkey, out of reach of whoever changes the database. It may be lost; then it says nothing."""
    try:
        client().zadd(WITNESS, {WITNESS_MEMBER: number}, gt=True)
    except redis.RedisError:
        logger.warning("the audit trail's witness is away")
