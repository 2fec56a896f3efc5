"""One thing that a person is told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.enums import Kind
from prayermap.lib.ids import uuid7


class Notification(models.Model):
    """One row for each person, kind and subject, for ever: opened when something happens, closed when it is read.

    It counts and points; it holds no text, so nothing needs to be erased here when a message is. It is an entry of
    the outbox as well: while `push_due_at` is set, a worker has yet to decide whether to push it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.TextField(choices=Kind.choices)
    #: The conversation, prayer or case that it is about.
    subject = models.UUIDField()
    conversation_id = models.UUIDField(null=True)
    prayer_id = models.UUIDField(null=True)
    #: The first message since it was opened.
    first_seq = models.BigIntegerField(null=True)
    #: How often it happened since it was opened.
    count = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    #: NULL: open, that is, unread.
    read_at = models.DateTimeField(null=True)
    push_due_at = models.DateTimeField(null=True)
    push_tries = models.SmallIntegerField(default=0)
    #: When it was last pushed since it was opened; taken back from the devices when it is closed.
    pushed_at = models.DateTimeField(null=True)
    #: Quiet hours or the hourly budget held it back: it comes with the others of its kind, in one summary.
    is_held = models.BooleanField(db_default=False)
    emailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notification"
        constraints = (
            models.UniqueConstraint(name="notification_once", fields=("user", "kind", "subject")),
            models.CheckConstraint(name="notification_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="notification_count", condition=Q(count__gte=1)),
        )
        indexes = (
            models.Index(name="notification_inbox", fields=("user", "updated_at", "id")),
            models.Index(name="notification_unread", fields=("user",), condition=Q(read_at__isnull=True)),
            # What is gone is taken back from everybody.
            models.Index(
                name="notification_open_subject",
                fields=("subject", "kind"),
                condition=Q(read_at__isnull=True),
            ),
            models.Index(
                name="notification_push_due", fields=("push_due_at",), condition=Q(push_due_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
