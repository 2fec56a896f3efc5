"""What one round of deciding has decided, written at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from notifications.models import DeliveryState, Notification, PushAction
from notifications.services.recording import Decision, record
from prayermap.lib.db import call

_OF_A_ROW = ("push_due_at", "pushed_at", "push_tries", "is_held")
_OF_A_STATE = ("pushes", "mail_due_at")


@dataclass
class Outgoing:
    """Gathers, then writes in a handful of statements however many there are."""

    rows: list[Notification] = field(default_factory=list)
    states: list[DeliveryState] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    _pushes: dict[tuple[UUID, UUID], PushAction] = field(default_factory=dict)

    def add(self, devices: Iterable[UUID], notification: UUID, action: PushAction) -> None:
        for device in devices:
            self._pushes[device, notification] = action

    def save(self, now: datetime) -> None:
        """In the transaction of the caller, as the owner."""
        Notification.objects.using("owner").bulk_update(self.rows, _OF_A_ROW, batch_size=500)
        DeliveryState.objects.using("owner").bulk_update(self.states, _OF_A_STATE, batch_size=500)
        if self._pushes:
            devices, notifications = zip(*self._pushes, strict=True)
            actions = [action.value for action in self._pushes.values()]
            call(
                "enqueue_pushes",
                list(devices),
                list(notifications),
                actions,
                now,
                types="uuid[] uuid[] text[] timestamptz",
                using="owner",
            )
        record(self.decisions, now)
