"""Reports of the person who acts."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db.models import QuerySet

from moderation.enums import CaseKind
from moderation.models import Report
from moderation.schemas import reports as shapes
from prayermap.lib.acting import current_user_id

#: Columns of a report that its reporter may see.
_SEEN = (
    "id", "kind", "subject", "conversation_id", "seq", "reason", "note", "created_at", "outcome", "reply", "answered_at"
)  # fmt: skip


def own_reports() -> QuerySet[Report]:
    return Report.objects.filter(reporter_id=current_user_id()).only(*_SEEN)


def own_report(report_id: UUID) -> shapes.Report:
    return as_report(own_reports().get(pk=report_id))


def as_report(row: Report) -> shapes.Report:
    return shapes.Report(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]  # a constraint keeps it one of them
        conversation=row.conversation_id,
        seq=row.seq,
        member=row.subject if row.kind == CaseKind.MEMBER else None,
        prayer=row.subject if row.kind == CaseKind.PRAYER else None,
        reason=row.reason,  # type: ignore[arg-type]
        note=row.note,
        state="closed" if row.answered_at else "received",
        outcome=row.outcome or None,  # type: ignore[arg-type]
        reply=row.reply,
        created_at=row.created_at,
        closed_at=row.answered_at,
    )


def as_filed(report: shapes.Report, *, duplicate: bool) -> shapes.FiledReport:
    return shapes.FiledReport(**msgspec.structs.asdict(report), duplicate=duplicate)
