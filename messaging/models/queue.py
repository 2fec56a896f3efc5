"""Messages that the server sends later: what a device wrote while it was offline, and what has its time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from messaging.enums import QueueState
from prayermap.lib.ids import uuid7

#: Tries after which a message is failed for good; the functions in sql/ hold the same number.
MOST_TRIES = 10
_OPEN = Q(state__in=[QueueState.PENDING, QueueState.SENDING])


class QueuedMessage(models.Model):
    """One message in a person's outbox. `client_id` becomes the message's own, so that it is sent once however often.

    Rows are written by the functions in sql/ alone: to its owner a row is there to be read, and cancelled while it is
    pending. The text leaves the row when it is sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    #: What the client calls the device: messages of one device for one conversation are sent in their order.
    device_id = models.TextField()
    #: In the order in which they were taken.
    position = models.BigIntegerField()
    #: No foreign key: it may be gone, or not be the person's, and the send says so.
    conversation_id = models.UUIDField()
    client_id = models.UUIDField()
    #: Keyed digest of the message, as the sent one will carry it.
    digest = models.TextField()
    #: The message as it will be sent; NULL once it is.
    request = models.JSONField(null=True)
    scheduled_at = models.DateTimeField(null=True)
    state = models.TextField(choices=QueueState.choices, default=QueueState.PENDING)
    #: The sent message's.
    seq = models.BigIntegerField(null=True)
    retry_count = models.SmallIntegerField(default=0)
    #: Why the last try failed; empty while none has.
    error_code = models.TextField(default="", blank=True)
    #: When it is tried (again): for one that is `sending`, when its worker counts as dead.
    next_attempt_at = models.DateTimeField(null=True)
    #: Names the worker that holds it.
    lease = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    #: When it was sent, or failed for good.
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "message_queue"
        constraints = (
            models.UniqueConstraint(name="message_queue_client_id", fields=("user", "client_id")),
            models.CheckConstraint(name="message_queue_state", condition=Q(state__in=QueueState.values)),
            models.CheckConstraint(
                name="message_queue_text_leaves",
                condition=Q(state=QueueState.SENT, request__isnull=True, seq__isnull=False)
                | (~Q(state=QueueState.SENT) & Q(request__isnull=False, seq__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_queue_lease",
                condition=Q(state=QueueState.SENDING, lease__isnull=False)
                | (~Q(state=QueueState.SENDING) & Q(lease__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_queue_finished",
                condition=(_OPEN & Q(finished_at__isnull=True, next_attempt_at__isnull=False))
                | (~_OPEN & Q(finished_at__isnull=False, next_attempt_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_queue_failed", condition=~Q(state=QueueState.FAILED) | ~Q(error_code="")
            ),
            models.CheckConstraint(
                name="message_queue_tries", condition=Q(retry_count__gte=0, retry_count__lte=MOST_TRIES)
            ),
        )
        indexes = (
            models.Index(name="message_queue_list", fields=("user", "position")),
            models.Index(name="message_queue_due", fields=("next_attempt_at", "position"), condition=_OPEN),
            # Does an earlier one of the same device and conversation wait?
            models.Index(
                name="message_queue_lane",
                fields=("user", "device_id", "conversation_id", "position"),
                condition=_OPEN,
            ),
            models.Index(
                name="message_queue_done", fields=("finished_at",), condition=Q(finished_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
