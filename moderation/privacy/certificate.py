"""The certificate of an erasure: what was erased, what was kept and why; and the check that it still holds."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import msgspec
from django.conf import settings

from moderation.enums import ErasureState
from moderation.models import ErasureRequest
from moderation.privacy.erasing import LATEST
from moderation.privacy.preview import left_of
from moderation.privacy.registry import TRACES
from moderation.privacy.scanning import find_words
from moderation.privacy.subject import named_part, whole
from prayermap.lib.times import utc_now

VERSION = 1


class Kept(msgspec.Struct, frozen=True):
    """Columns of a table that stay, each with its reason, in so many rows."""

    table: str
    rows: int
    columns: dict[str, str]


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """Who was erased stands here as the id of a hollow account, which names nobody."""

    version: int = VERSION
    request: UUID
    person: UUID
    origin: str
    state: str
    requested_at: datetime
    begun_at: datetime
    named_at: datetime
    #: By then nothing anonymous is left either.
    anonymous_by: datetime
    done_at: datetime | None
    #: Rows by table; anonymous ones are counted when the last of them is gone.
    erased: dict[str, int]
    kept: list[Kept]
    #: Keyed by the server's SECRET_KEY: shows a certificate that was changed or isn't ours.
    digest: str = ""


class Finding(msgspec.Struct, frozen=True):
    """Something that doesn't fit a certificate."""

    table: str
    column: str
    rows: int
    what: str


def issue(request: ErasureRequest) -> Certificate:
    """The certificate as it stands now; of a request whose named part is through."""
    assert request.begun_at is not None
    assert request.named_at is not None
    bare = Certificate(
        request=request.pk,
        person=request.user_id,
        origin=request.origin,
        state=request.state,
        requested_at=request.requested_at,
        begun_at=request.begun_at,
        named_at=request.named_at,
        anonymous_by=request.named_at + LATEST,
        done_at=request.done_at,
        erased=_erased(request),
        kept=_kept(request.user_id),
    )
    return msgspec.structs.replace(bare, digest=_digests(bare)[0])


def read(raw: bytes) -> Certificate:
    """Raises msgspec.DecodeError for what is no certificate of this version."""
    found = msgspec.json.decode(raw, type=Certificate)
    if found.version != VERSION:
        raise msgspec.ValidationError(f"Version {found.version} is not known here.")
    return found


def is_genuine(certificate: Certificate) -> bool:
    """Whether this server, or one with its keys, issued it as it is."""
    bare = msgspec.structs.replace(certificate, digest="")
    return any(hmac.compare_digest(certificate.digest, digest) for digest in _digests(bare))


def check(
    certificate: Certificate, *, words: tuple[str, ...] = (), told: Callable[[str], None] = lambda table: None
) -> list[Finding]:
    """What is left of the person against the certificate: by the registry, and by a scan of the whole database for
    the account's id and for `words`. Nothing: it holds.
    """
    person = certificate.person
    is_settled = certificate.state == ErasureState.DONE or certificate.anonymous_by <= utc_now()
    subject = whole(person) if is_settled else named_part(person)
    findings = [Finding(table, "", rows, "not erased") for table, rows in left_of(subject).items()]
    allowed = {(kept.table, column) for kept in certificate.kept for column in kept.columns}
    for hit in find_words((str(person), *words), told=told):
        if hit.word == str(person) and ((hit.table, hit.column) in allowed or not is_settled):
            continue
        what = "the account's id" if hit.word == str(person) else f"the word {hit.word!r}"
        findings.append(Finding(hit.table, hit.column, hit.rows, what))
    return findings


def _erased(request: ErasureRequest) -> dict[str, int]:
    parts = ("named", "anonymous") if request.state == ErasureState.DONE else ("named",)
    total: Counter[str] = Counter()
    for part in parts:
        total.update(request.counts.get(part, {}))
    return dict(sorted(total.items()))


def _kept(person: UUID) -> list[Kept]:
    subject = whole(person)
    found = ((trace, trace.rows(subject).count()) for trace in TRACES if trace.kept)
    return [Kept(trace.table, rows, dict(trace.kept)) for trace, rows in found if rows]


def _digests(bare: Certificate) -> list[str]:
    raw = msgspec.json.encode(bare, order="deterministic")
    return [
        blake2b(raw, key=_key(secret), digest_size=32).hexdigest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


def _key(secret: str) -> bytes:
    return blake2b(secret.encode(), person=b"pm-certificate", digest_size=32).digest()
