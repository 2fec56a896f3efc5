"""The audit trail as the console shows it: newest first, filtered, with names where there are names."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from accounts.models import User
from moderation.models import AuditEntry, AuditIdentity

PAGE = 50


class Filter(NamedTuple):
    """`actor` is a beginning of an e-mail address, `action` of an action; times are half-open."""

    actor: str = ""
    action: str = ""
    case: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    below: int | None = None


class Row(NamedTuple):
    """One entry with what can be said about it; `detail` is None where it was erased."""

    entry: AuditEntry
    actor: User | None
    subject: User | None
    detail: dict[str, Any] | None


class TrailPage(NamedTuple):
    rows: list[Row]
    below: int | None
    #: The newest check of the whole trail: when, and how many problems it found.
    verified: tuple[datetime, int] | None


def trail_page(wanted: Filter) -> TrailPage:
    """At most 50 entries; four statements. Uses the indexes of audit_entry."""
    found = AuditEntry.objects.select_related("detail").order_by("-number")
    if wanted.actor:
        people = AuditIdentity.objects.filter(user__email__startswith=wanted.actor.lower())
        found = found.filter(actor__in=list(people.values_list("pseudonym", flat=True)[:PAGE]))
    if wanted.action:
        found = found.filter(action__startswith=wanted.action)
    if wanted.case:
        found = found.filter(case_id=wanted.case)
    if wanted.since:
        found = found.filter(at__gte=wanted.since)
    if wanted.until:
        found = found.filter(at__lt=wanted.until)
    if wanted.below is not None:
        found = found.filter(number__lt=wanted.below)
    entries = list(found[: PAGE + 1])
    more, entries = len(entries) > PAGE, entries[:PAGE]
    return TrailPage(_rows(entries), entries[-1].number if more else None, _verified())


def _rows(entries: list[AuditEntry]) -> list[Row]:
    keys = {key for entry in entries for key in (entry.actor, entry.subject) if key is not None}
    known = AuditIdentity.objects.filter(pseudonym__in=keys).select_related("user")
    people = {row.pk: row.user for row in known.only("user__display_name", "user__email")} if keys else {}
    return [
        Row(
            entry,
            people.get(entry.actor) if entry.actor else None,
            people.get(entry.subject) if entry.subject and entry.subject_kind == "person" else None,
            _detail(entry),
        )
        for entry in entries
    ]


def _detail(entry: AuditEntry) -> dict[str, Any] | None:
    detail = getattr(entry, "detail", None)
    return msgspec.json.decode(detail.body, type=dict[str, Any]) if detail else None


def _verified() -> tuple[datetime, int] | None:
    entry = (
        AuditEntry.objects.filter(action="audit.verified")
        .select_related("detail")
        .order_by("-number")
        .first()
    )
    detail = _detail(entry) if entry else None
    return (entry.at, int(detail["problems"])) if entry and detail else None
