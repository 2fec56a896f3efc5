"""What is on its way out, and what was decided."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from prayermap.lib.ids import uuid7

#: Stands for "several": a summary.
SUMMARY = UUID(int=0)


class PushAction(models.TextChoices):
    SHOW = "show"
    #: One for several notifications.
    SUMMARY = "summary"
    #: It was read elsewhere: the device takes it away.
    WITHDRAW = "withdraw"


class PushDelivery(models.Model):
    """One push to one device, until it has arrived or was given up. A later one about the same replaces it.

    A worker that takes it sets `claimed_until`, commits, and sends outside of any transaction; when it is killed,
    another one takes it after that time.
    """

    pk = models.CompositePrimaryKey("device_id", "notification_id")
    device_id = models.UUIDField()
    #: The notification, or SUMMARY.
    notification_id = models.UUIDField()
    action = models.TextField(choices=PushAction.choices)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    #: The push service found it too large: without the preview then.
    is_plain = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "push_delivery"
        constraints = (
            models.CheckConstraint(name="push_delivery_action", condition=Q(action__in=PushAction.values)),
        )
        indexes = (models.Index(name="push_delivery_due", fields=("due_at",)),)

    def __str__(self) -> str:
        return f"{self.action} {self.notification_id}"


class DeliveryState(models.Model):
    """One person's deliveries: workers take turns by this row's lock. A mail has its turn while `mail_due_at` is set."""

    user_id = models.UUIDField(primary_key=True)
    #: Times of the pushes of the last hour, for the budget; oldest first.
    pushes = ArrayField(models.DateTimeField(), default=list)
    mail_due_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_tries = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "delivery_state"
        indexes = (
            models.Index(
                name="delivery_state_mail", fields=("mail_due_at",), condition=Q(mail_due_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return str(self.user_id)


class NotificationDecision(models.Model):
    """Why something was pushed, mailed or held back (words of `notifications.enums`); the newest time for each reason.

    Kept for seven days.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField()
    notification_id = models.UUIDField()
    kind = models.TextField()
    conversation_id = models.UUIDField(null=True)
    channel = models.TextField()
    outcome = models.TextField()
    reason = models.TextField()
    #: `updated_at` of the notification: the time at which it was opened.
    opened_at = models.DateTimeField()
    at = models.DateTimeField()
    #: Held: when it is looked at again.
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "notification_decision"
        constraints = (
            models.UniqueConstraint(
                name="notification_decision_once",
                fields=("notification_id", "channel", "outcome", "reason", "opened_at"),
            ),
        )
        indexes = (
            models.Index(name="notification_decision_user", fields=("user_id", "at", "id")),
            models.Index(name="notification_decision_age", fields=("at",)),
        )

    def __str__(self) -> str:
        return f"{self.outcome} {self.reason}"


class DeliveryTally(models.Model):
    """How many deliveries ended how, since the beginning: for /metrics."""

    pk = models.CompositePrimaryKey("channel", "outcome", "reason")
    channel = models.TextField()
    outcome = models.TextField()
    reason = models.TextField()
    total = models.BigIntegerField(default=0)

    class Meta:
        db_table = "delivery_tally"

    def __str__(self) -> str:
        return f"{self.channel} {self.outcome} {self.total}"
