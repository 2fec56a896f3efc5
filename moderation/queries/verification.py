"""Is the audit trail whole? Reads it from end to end and says where it isn't."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import redis
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from moderation.chain import WITNESS, WITNESS_MEMBER, digest_of, hash_of, is_mac_of, pseudonym_of
from moderation.models import AuditDetail, AuditEntry, AuditIdentity, AuditSeal
from prayermap.lib.valkey import client

#: The worker seals every minute.
SEALED_WITHIN = timedelta(minutes=15)
#: Problems that are listed; a chain that was replaced has one for each entry.
MOST_PROBLEMS = 1_000
_CHUNK = 2_000
#: What forget_in_audit() records (sql/0003_audit_v1.sql).
FORGOTTEN = "audit.person_forgotten"


class Problem(msgspec.Struct, frozen=True):
    """Something that isn't as it was recorded. `number`: the entry, or the first of several."""

    number: int
    problem: str


class Verification(msgspec.Struct, frozen=True):
    """What was found. `is_whole`: no problem; `erased`: details that were erased in the regular way."""

    is_whole: bool
    entries: int
    newest: int
    sealed: int
    erased: int
    problems: list[Problem]


@dataclass
class _Walk:
    """What has been seen so far."""

    entries: int = 0
    number: int = 0
    hash: bytes = b""
    sealed: int = 0
    first_unsealed_at: datetime | None = None
    without_detail: set[int] = field(default_factory=set)
    erased: int = 0
    people: dict[UUID, int] = field(default_factory=dict)


def verify_audit(*, now: datetime, using: str) -> Verification:
    """Every entry, detail, pseudonym and seal, in the order of the numbers; bounded memory but for what is wrong."""
    walk, problems = _Walk(), list[Problem]()
    witnessed = _witnessed()  # first: the chain goes on growing
    for entry in _entries(using):
        found = list(_of_entry(walk, entry))
        problems += found[: MOST_PROBLEMS - len(problems)]
    problems += _of_rest(walk, witnessed, now, using)
    problems = sorted(problems, key=lambda problem: problem.number)[:MOST_PROBLEMS]
    return Verification(not problems, walk.entries, walk.number, walk.sealed, walk.erased, problems)


def _entries(using: str) -> Iterator[AuditEntry]:
    seal = AuditSeal.objects.filter(number=OuterRef("number")).values("mac")
    found = AuditEntry.objects.using(using).select_related("detail").annotate(seal=Subquery(seal))
    return found.order_by("number").iterator(chunk_size=_CHUNK)


def _of_entry(walk: _Walk, entry: AuditEntry) -> Iterator[Problem]:
    """One link: its number, its hash, its seal, its detail."""
    if entry.number != walk.number + 1:
        yield Problem(walk.number + 1, f"Entries {walk.number + 1} to {entry.number - 1} are missing.")
    if bytes(entry.hash) != hash_of(walk.hash, entry):
        yield Problem(entry.number, "The entry was changed, or doesn't follow the one before it.")
    if (seal := entry.seal) is not None:  # type: ignore[attr-defined]  # annotated
        walk.sealed, walk.first_unsealed_at = entry.number, None
        if not is_mac_of(bytes(seal), entry.number, bytes(entry.hash)):
            yield Problem(entry.number, "The seal is not of this chain, or not made with SECRET_KEY.")
    elif walk.first_unsealed_at is None:
        walk.first_unsealed_at = entry.at
    yield from _of_detail(walk, entry)
    walk.entries, walk.number, walk.hash = walk.entries + 1, entry.number, bytes(entry.hash)


def _of_detail(walk: _Walk, entry: AuditEntry) -> Iterator[Problem]:
    detail: AuditDetail | None = getattr(entry, "detail", None)
    if detail is None:
        walk.without_detail.add(entry.number)
    elif digest_of(detail) != bytes(entry.detail_digest):
        yield Problem(entry.number, "The detail was changed.")
    erased = walk.without_detail.intersection(entry.covers)
    walk.without_detail -= erased
    walk.erased += len(erased)
    for person in (entry.actor, entry.subject if entry.subject_kind == "person" else None):
        if person is not None:
            walk.people.setdefault(person, entry.number)
    if entry.action == FORGOTTEN and entry.subject is not None:
        walk.people.pop(entry.subject, None)


def _of_rest(walk: _Walk, witnessed: int, now: datetime, using: str) -> Iterator[Problem]:
    """What no single entry shows: an end that was cut off, strays, lost names."""
    for number in sorted(walk.without_detail):
        yield Problem(number, "The detail is gone, and no entry says that it was erased.")
    if walk.first_unsealed_at is not None and walk.first_unsealed_at < now - SEALED_WITHIN:
        yield Problem(walk.sealed + 1, f"Entries {walk.sealed + 1} to {walk.number} were never sealed.")
    for number in _strays(AuditSeal.objects.using(using), "number"):
        yield Problem(number, "There is a seal of this entry, but no entry.")
    for number in _strays(AuditDetail.objects.using(using), "entry_id"):
        yield Problem(number, "There is a detail of this entry, but no entry.")
    if witnessed > walk.sealed:
        yield Problem(walk.sealed + 1, f"The chain was sealed up to entry {witnessed} before.")
    yield from _of_people(walk.people, using)


def _of_people(people: dict[UUID, int], using: str) -> Iterator[Problem]:
    """Every pseudonym of the chain leads to the person it was made of, unless they were forgotten."""
    for identity in AuditIdentity.objects.using(using).iterator(chunk_size=_CHUNK):
        number = people.pop(identity.pseudonym, 0)
        if pseudonym_of(identity) != identity.pseudonym:
            yield Problem(number, "A pseudonym was given to somebody else.")
    forgotten = AuditEntry.objects.using(using).filter(action=FORGOTTEN, subject__in=list(people))
    for entry in forgotten.only("subject"):  # while this was reading
        if entry.subject is not None:
            people.pop(entry.subject, None)
    for number in people.values():
        yield Problem(
            number, "A person of this entry can't be found, and no entry says that they were forgotten."
        )


def _strays(rows: QuerySet[AuditSeal] | QuerySet[AuditDetail], key: str) -> list[int]:
    lost = rows.filter(~Exists(AuditEntry.objects.filter(number=OuterRef(key)))).order_by(key)
    return list(lost.values_list(key, flat=True)[:MOST_PROBLEMS])


def _witnessed() -> int:
    """How far the chain was sealed once, as Valkey knows it; 0 where it doesn't."""
    try:
        return int(client().zscore(WITNESS, WITNESS_MEMBER) or 0)
    except redis.RedisError:
        return 0
