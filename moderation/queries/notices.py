"""What notices of moderators are about, as the person who is told may see it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from moderation.enums import DecisionKind
from moderation.queries.reports import own_reports
from moderation.queries.sanctions import own_sanctions
from notifications.enums import Kind
from notifications.models import Notification
from notifications.rules.sources import Preview

KINDS = (Kind.MODERATION_NOTICE,)
PREVIEW_CHARS = 100
#: What a notice is called, by what was decided.
TITLES: dict[str, str] = {
    DecisionKind.SUPPORT: "We are thinking of you",
    DecisionKind.HIDE_MESSAGE: "A message of yours was hidden",
    DecisionKind.REMOVE_MESSAGE: "A message of yours was removed",
    DecisionKind.HIDE_PRAYER: "A prayer of yours was hidden",
    DecisionKind.WARN: "A warning from the moderators",
    DecisionKind.MUTE: "You can't write in a conversation for a while",
    DecisionKind.SUSPEND: "Your account is suspended",
    DecisionKind.BAN: "Your account is banned",
    DecisionKind.BULK_REMOVE: "Messages of yours were removed",
}
REPORT_TITLE = "Your report was answered"


def resolve(rows: Sequence[Notification]) -> dict[UUID, Preview]:
    """Two statements, however many rows: the subject is a sanction, or a report, of the person who acts."""
    wanted = [row.subject for row in rows]
    sanctions = {row.pk: row for row in own_sanctions().filter(pk__in=wanted)}
    reports = {row.pk: row for row in own_reports().filter(pk__in=wanted)}
    found: dict[UUID, Preview] = {}
    for row in rows:
        if sanction := sanctions.get(row.subject):
            found[row.pk] = Preview(TITLES[sanction.kind], None, sanction.statement[:PREVIEW_CHARS])
        elif report := reports.get(row.subject):
            found[row.pk] = Preview(REPORT_TITLE, None, report.reply[:PREVIEW_CHARS] or None)
    return found
