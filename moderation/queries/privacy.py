"""What people asked for about their data, for who answers for it. PostgreSQL shows it to nobody else of the staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from moderation.enums import ErasureState, ExportState
from moderation.models import ErasureRequest, ExportRequest
from moderation.models.privacy import DEADLINE, OPEN_STATES
from prayermap.lib.db import call, call_scalar

#: Shown, and counted, no further.
MOST = 100
#: A deadline that comes so soon is said.
SOON = timedelta(days=7)
_WHOSE = ("user__display_name", "user__email")
_ERASURE = (
    "id", "state", "origin", "requested_at", "due_at", "deadline_at", "named_at", "done_at", "cancelled_at", "preview",
)  # fmt: skip
_EXPORT = ("id", "state", "requested_at", "started_at", "ready_at", "expires_at", "size")
_UNMADE = (ExportState.PENDING, ExportState.RUNNING, ExportState.FAILED)


class Deadlines(NamedTuple):
    """Open requests, each at most a hundred: past the law's deadline, near it, kept waiting by an order, copies that failed."""

    overdue: int
    soon: int
    held: int
    failed: int


def open_erasures() -> list[ErasureRequest]:
    """The next deadline first. Uses index: erasure_request_due."""
    return list(_erasures().filter(state__in=OPEN_STATES).order_by("deadline_at")[:MOST])


def ended_erasures() -> list[tuple[ErasureRequest, bool]]:
    """Those that are through or were taken back, newest first, each with whether there is a certificate."""
    rows = list(_erasures().exclude(state__in=OPEN_STATES).order_by("-pk")[:MOST])
    has_one = certified(rows)
    return [(row, row.pk in has_one) for row in rows]


def certified(rows: list[ErasureRequest]) -> set[UUID]:
    """Which of these have a certificate."""
    found = call("certified", [row.pk for row in rows], types="uuid[]") if rows else []
    return {row.certified for row in found}


def unmade_copies() -> list[tuple[ExportRequest, datetime]]:
    """Copies that wait or failed, oldest first, each with the law's deadline."""
    rows = ExportRequest.objects.filter(state__in=_UNMADE).select_related("user")
    return [(row, row.requested_at + DEADLINE) for row in rows.only(*_EXPORT, *_WHOSE).order_by("pk")[:MOST]]


def certificate_of(request: UUID) -> str | None:
    """As JSON, recorded in the trail; None where there is none."""
    found: str | None = call_scalar("fetch_certificate", request, types="uuid")
    return found


def deadlines(now: datetime) -> Deadlines:
    erasures = ErasureRequest.objects.filter(state__in=OPEN_STATES)
    copies = ExportRequest.objects.filter(state__in=_UNMADE)
    asked = now - DEADLINE
    return Deadlines(
        overdue=_number(erasures.filter(deadline_at__lt=now))
        + _number(copies.filter(requested_at__lt=asked)),
        soon=_number(erasures.filter(Q(deadline_at__gte=now), deadline_at__lt=now + SOON))
        + _number(copies.filter(requested_at__gte=asked, requested_at__lt=asked + SOON)),
        held=_number(erasures.filter(state=ErasureState.HELD)),
        failed=_number(copies.filter(state=ExportState.FAILED)),
    )


def _erasures() -> QuerySet[ErasureRequest]:
    return ErasureRequest.objects.select_related("user").only(*_ERASURE, *_WHOSE)


def _number(rows: QuerySet[Any]) -> int:
    return len(rows.values_list("pk")[:MOST])
