"""One's own devices, and why something was sent there or not."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db.models import QuerySet

from notifications.models import NotificationDecision, PushDevice
from notifications.rules.reasons import sentence
from notifications.schemas import devices as shapes
from prayermap.lib.acting import current_user_id


def own_devices() -> QuerySet[PushDevice]:
    return PushDevice.objects.filter(user_id=current_user_id()).order_by("-pk")


def own_decisions() -> QuerySet[NotificationDecision]:
    return NotificationDecision.objects.filter(user_id=current_user_id())


def as_device(row: PushDevice) -> shapes.Device:
    return shapes.Device(row.pk, row.device_id, _service(row), row.created_at, row.last_success_at)


def as_registered(row: PushDevice, *, duplicate: bool) -> shapes.RegisteredDevice:
    return shapes.RegisteredDevice(
        row.pk, row.device_id, _service(row), row.created_at, row.last_success_at, duplicate
    )


def as_decision(row: NotificationDecision) -> shapes.Decision:
    return shapes.Decision(
        id=row.pk,
        notification=row.notification_id,
        kind=row.kind,
        conversation=row.conversation_id,
        channel=row.channel,
        outcome=row.outcome,
        reason=row.reason,
        detail=sentence(row.outcome, row.reason),
        at=row.at,
        until=row.until,
    )


def _service(row: PushDevice) -> str:
    return urlsplit(row.endpoint).hostname or ""
