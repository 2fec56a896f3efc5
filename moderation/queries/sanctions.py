"""Sanctions and appeals of the person who acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from moderation.enums import DecisionKind
from moderation.models import Appeal, Sanction
from moderation.schemas import sanctions as shapes
from prayermap.lib.acting import current_user_id

#: Columns that the person may see.
_SANCTION = (
    "id", "kind", "reason", "statement", "conversation_id", "seq", "prayer_id", "until", "created_at", "ended_at"
)  # fmt: skip
_APPEAL = ("id", "sanction_id", "state", "text", "reply", "created_at", "decided_at")


def own_sanctions() -> QuerySet[Sanction]:
    return Sanction.objects.filter(user_id=current_user_id()).only(*_SANCTION)


def as_sanctions(rows: Sequence[Sanction], now: datetime) -> list[shapes.Sanction]:
    """With their appeals, in one statement."""
    found = Appeal.objects.filter(sanction_id__in=[row.pk for row in rows]).only(*_APPEAL) if rows else []
    appeals = {appeal.sanction_id: appeal for appeal in found}
    return [_sanction(row, appeals.get(row.pk), now) for row in rows]


def own_appeal(appeal_id: UUID) -> shapes.Appeal:
    return _appeal(Appeal.objects.only(*_APPEAL).get(pk=appeal_id))


def as_filed(appeal: shapes.Appeal, *, duplicate: bool) -> shapes.FiledAppeal:
    return shapes.FiledAppeal(**msgspec.structs.asdict(appeal), duplicate=duplicate)


def _sanction(row: Sanction, appeal: Appeal | None, now: datetime) -> shapes.Sanction:
    return shapes.Sanction(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]  # a constraint keeps it one of them
        reason=row.reason,  # type: ignore[arg-type]
        statement=row.statement,
        conversation=row.conversation_id,
        seq=row.seq,
        prayer=row.prayer_id,
        until=row.until,
        state="lifted" if row.ended_at else "ended" if row.until and row.until <= now else "active",
        created_at=row.created_at,
        can_appeal=row.ended_at is None and row.kind != DecisionKind.SUPPORT and appeal is None,
        appeal=_appeal(appeal) if appeal else None,
    )


def _appeal(row: Appeal) -> shapes.Appeal:
    return shapes.Appeal(
        id=row.id,
        state=row.state,  # type: ignore[arg-type]  # a constraint keeps it one of them
        text=row.text,
        reply=row.reply,
        created_at=row.created_at,
        decided_at=row.decided_at,
    )
