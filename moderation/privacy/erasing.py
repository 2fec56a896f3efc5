"""Erase a person: resumable at any moment, safe to run twice at once, nothing destroyed before the ledger has it.

Each piece of work is a transaction that locks the request's row, does at most `ROWS` rows and counts them. Killed and
started again, the work finds what is left; two workers take turns.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from accounts.models import User
from accounts.services.erasing import end_access
from messaging.services.erasing import delete_unused_files
from moderation.enums import ErasureState
from moderation.models import ErasureRequest
from moderation.privacy import ledger
from moderation.privacy.ephemeral import forget_ephemeral
from moderation.privacy.registry import TRACES
from moderation.privacy.subject import (
    OWNER,
    Subject,
    anonymous_part,
    named_part,
    places_of_anonymity,
    whole,
)
from moderation.queries.erasures import is_held
from moderation.services.auditing import record
from moderation.services.retention import forget_evidence_of_erased
from prayermap.lib.times import utc_now

#: Anonymous traces in a place change at a moment of their own, this long after the named ones.
SOONEST, LATEST = timedelta(hours=1), timedelta(hours=24)
#: Between two transactions, so that people's requests come first.
PAUSE_S = 0.02
_TRIES = 4
#: Hears of each piece of work: its table and how many rows.
Told = Callable[[str, int], None]
#: Runs a piece of work on a table in a transaction of its own; how many rows it was.
Work = Callable[[str, Callable[[], int]], int]


def advance(
    request_id: UUID, *, at_once: bool = False, told: Told = lambda table, rows: None
) -> ErasureRequest:
    """Do whatever of this request is due now; again: what is left.

    `at_once`: anonymous traces don't wait for their moment (nobody watches a server that is being restored). Raises LedgerError where the ledger can't be written: then nothing was destroyed.
    """
    request = _begin(request_id)
    work = partial(_batch, request_id, told=told)
    if request.state == ErasureState.RUNNING:
        request = _erase_named(request, work)
    if request.state == ErasureState.SETTLING:
        request = _erase_anonymous(request, work, at_once=at_once)
    return request


def _erase_named(request: ErasureRequest, work: Work) -> ErasureRequest:
    user_id = request.user_id
    if not ledger.has(request.pk):
        ledger.enter(ledger.Entry(request.pk, user_id, utc_now()))
    end_access(user_id=user_id, now=utc_now())
    address = User.objects.using(OWNER).values_list("email", flat=True).get(pk=user_id)
    _erase(named_part(user_id), work)
    delete_unused_files()
    forget_ephemeral(user_id=user_id, address=address)
    return _step(request.pk, ErasureState.SETTLING, named_at=utc_now())


def _erase_anonymous(request: ErasureRequest, work: Work, *, at_once: bool) -> ErasureRequest:
    assert request.named_at is not None
    for place in places_of_anonymity(request.user_id):
        if at_once or moment_of(request, place) <= utc_now():
            _erase(anonymous_part(request.user_id, place), work)
    if not at_once and utc_now() < request.named_at + LATEST:
        return request
    # What came in meanwhile as well: a notification for an anonymous member, for instance.
    _erase(whole(request.user_id), work)
    while forget_evidence_of_erased():
        pass
    delete_unused_files()
    return _step(request.pk, ErasureState.DONE, done_at=utc_now())


def moment_of(request: ErasureRequest, place: UUID) -> datetime:
    """When anonymous traces in this conversation or below this prayer change: 1 to 24 hours after the named ones.

    Each place has a moment of its own, which follows from a secret of the request; nothing else is stored.
    """
    assert request.named_at is not None
    digest = hmac.digest(bytes(request.salt), place.bytes, "sha256")
    fraction = int.from_bytes(digest[:8], "big") / 2**64
    return request.named_at + SOONEST + (LATEST - SOONEST) * fraction


def _begin(request_id: UUID) -> ErasureRequest:
    """From here on there is no way back, unless a legal hold keeps the request waiting."""
    with transaction.atomic(using=OWNER):
        request = _locked(request_id)
        now = utc_now()
        if request.state not in (ErasureState.PENDING, ErasureState.HELD) or request.due_at > now:
            return request
        if is_held(request.user_id):
            request.state = ErasureState.HELD
        else:
            request.state, request.begun_at = ErasureState.RUNNING, now
        request.save(update_fields=["state", "begun_at"])
        _record(request)
        return request


def _erase(subject: Subject, work: Work) -> None:
    for trace in TRACES:
        trace.erase(subject, partial(work, trace.table))


def _batch(request_id: UUID, table: str, piece: Callable[[], int], *, told: Told) -> int:
    """A rival's lock in the wrong order costs a retry, nothing else."""
    for tries_left in reversed(range(_TRIES)):
        try:
            with transaction.atomic(using=OWNER):
                request = _locked(request_id)
                rows = piece()
                if rows:
                    _count(request, table, rows)
            break
        except OperationalError as error:
            if not tries_left or not isinstance(error.__cause__, DeadlockDetected | LockNotAvailable):
                raise
        time.sleep(PAUSE_S)
    if rows:
        told(table, rows)
        time.sleep(PAUSE_S)
    return rows


def _count(request: ErasureRequest, table: str, rows: int) -> None:
    part = "named" if request.state == ErasureState.RUNNING else "anonymous"
    counts = request.counts.setdefault(part, {})
    counts[table] = counts.get(table, 0) + rows
    request.save(update_fields=["counts"])


def _step(request_id: UUID, state: ErasureState, **moment: datetime) -> ErasureRequest:
    """The next state, unless a rival took it."""
    with transaction.atomic(using=OWNER):
        request = _locked(request_id)
        order = list(ErasureState)
        if order.index(ErasureState(request.state)) < order.index(state):
            request.state = state
            for name, value in moment.items():
                setattr(request, name, value)
            request.save(update_fields=["state", *moment])
            _record(request)
        return request


def _record(request: ErasureRequest) -> None:
    record(action=f"privacy.erasure_{request.state}", subject_kind="erasure", subject=request.pk, using=OWNER)


def _locked(request_id: UUID) -> ErasureRequest:
    return ErasureRequest.objects.using(OWNER).select_for_update().get(pk=request_id)
