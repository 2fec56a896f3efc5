"""Everything that is kept about a person here, gone: for the erasure of an account."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from notifications.models import (
    DeliveryState,
    Notification,
    NotificationDecision,
    NotificationPreference,
    NotificationSettings,
    PushDelivery,
    PushDevice,
)
from notifications.services.activity import active_key
from prayermap.lib.valkey import client

OWNER = "owner"


def forget_person(*, user_id: UUID) -> dict[str, int]:
    """Inbox, preferences, devices with what waits for them, reasons, budget, activity; how many rows of each table.

    As the owner, in the caller's transaction or one of its own. Again: nothing is left to go. Raises RedisError.
    """
    with transaction.atomic(using=OWNER):
        devices = list(PushDevice.objects.using(OWNER).filter(user_id=user_id).values_list("pk", flat=True))
        gone = {"push_delivery": PushDelivery.objects.using(OWNER).filter(device_id__in=devices).delete()[0]}
        for model in (
            PushDevice,
            Notification,
            NotificationDecision,
            NotificationPreference,
            NotificationSettings,
            DeliveryState,
        ):
            rows = model._default_manager.using(OWNER).filter(user_id=user_id)
            gone[model._meta.db_table] = rows.delete()[0]
    client().delete(active_key(user_id))
    return gone
