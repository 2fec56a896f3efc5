"""What people were told."""

from __future__ import annotations

from django.db.models import Q

from moderation.privacy.subject import OWNER, Subject
from moderation.privacy.traces import Deleted, Trace, of_account
from notifications.models import (
    DeliveryState,
    Notification,
    NotificationDecision,
    NotificationPreference,
    NotificationSettings,
    PushDelivery,
    PushDevice,
)


def _deliveries(subject: Subject) -> Q | None:
    if not subject.has_account:
        return None
    devices = PushDevice.objects.using(OWNER).filter(user=subject.user)
    return Q(device_id__in=devices.values("pk"))


TRACES: tuple[Trace, ...] = (
    Deleted(
        model=Notification,
        whose=of_account("user"),
        shown=(
            "id", "kind", "subject", "conversation_id", "prayer_id", "first_seq", "count", "created_at", "updated_at",
            "read_at", "pushed_at", "emailed_at",
        ),
        hidden={
            "user_id": "the person",
            "push_due_at": "work of the server's",
            "push_tries": "work of the server's",
            "is_held": "work of the server's",
        },
    ),
    Deleted(
        model=NotificationPreference,
        whose=of_account("user"),
        shown=("kind", "in_app", "push", "email"),
        hidden={"user_id": "the person"},
    ),
    Deleted(
        model=NotificationSettings,
        whose=of_account("user"),
        shown=("timezone", "quiet_hours", "digest", "push_per_hour", "previews"),
        hidden={"user_id": "the person"},
    ),
    Deleted(
        model=PushDelivery,
        whose=_deliveries,
        shown=("device_id", "notification_id", "action", "due_at", "created_at"),
        hidden={
            "claimed_until": "work of the server's",
            "tries": "work of the server's",
            "is_plain": "work of the server's",
        },
    ),
    Deleted(
        model=PushDevice,
        whose=of_account("user"),
        shown=("id", "device_id", "created_at", "last_success_at"),
        hidden={
            "user_id": "the person",
            "session_id": "stands among the sessions",
            "client_id": "the client's own number of the request",
            "endpoint": "a secret: whoever knows it can push",
            "p256dh": "a key of the device's",
            "auth": "a key of the device's",
            "failures": "work of the server's",
        },
    ),
    Deleted(
        model=DeliveryState,
        whose=of_account("user_id"),
        shown=("pushes", "mailed_at"),
        hidden={
            "user_id": "the person",
            "mail_due_at": "work of the server's",
            "mail_tries": "work of the server's",
        },
    ),
    Deleted(
        model=NotificationDecision,
        whose=of_account("user_id"),
        shown=(
            "notification_id", "kind", "conversation_id", "channel", "outcome", "reason", "opened_at", "at", "until",
        ),
        hidden={"id": "a number of the server's", "user_id": "the person"},
    ),
)  # fmt: skip

IMPERSONAL = {"delivery_tally": "how many deliveries ended how, of all people together"}
