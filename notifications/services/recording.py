"""Keep what was decided, for the person whom it is about, and count it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from notifications.enums import Channel
from notifications.models import Notification, NotificationDecision
from notifications.rules.judging import Verdict
from prayermap.lib.db import call

KEPT = timedelta(days=7)
_NOT_COUNTED = frozenset({"held"})


class Decision(NamedTuple):
    """One notification on one way."""

    row: Notification
    channel: Channel
    verdict: Verdict


def record(decisions: Sequence[Decision], now: datetime) -> None:
    """As the owner, in the worker's transaction; three statements at most. The same reason once more is the same row."""
    if not decisions:
        return
    rows = {
        (one.row.pk, one.channel, one.verdict.outcome, one.verdict.reason, one.row.updated_at): _row(one, now)
        for one in decisions
    }
    NotificationDecision.objects.using("owner").bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["notification_id", "channel", "outcome", "reason", "opened_at"],
        update_fields=["at", "until"],
    )
    final = [one for one in decisions if one.verdict.outcome not in _NOT_COUNTED]
    if final:
        call(
            "count_deliveries",
            [one.channel.value for one in final],
            [one.verdict.outcome.value for one in final],
            [one.verdict.reason.value for one in final],
            types="text[] text[] text[]",
            using="owner",
        )


def purge_decisions(now: datetime, *, batch: int = 5_000) -> int:
    """Forget what is older than seven days, at most `batch` rows; how many went. As the owner."""
    old = NotificationDecision.objects.using("owner").filter(at__lt=now - KEPT)
    ids = list(old.values_list("pk", flat=True)[:batch])
    return NotificationDecision.objects.using("owner").filter(pk__in=ids).delete()[0] if ids else 0


def _row(one: Decision, now: datetime) -> NotificationDecision:
    return NotificationDecision(
        user_id=one.row.user_id,
        notification_id=one.row.pk,
        kind=one.row.kind,
        conversation_id=one.row.conversation_id,
        channel=one.channel,
        outcome=one.verdict.outcome,
        reason=one.verdict.reason,
        opened_at=one.row.updated_at,
        at=now,
        until=one.verdict.until,
    )
