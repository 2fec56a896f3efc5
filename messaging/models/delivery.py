"""Rows that hang on a message: who has it, who read it, whom it mentions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .participant import Participant


class DeliveryStatus(models.Model):
    """One message and one member who got it; written set-wise when a mark advances.

    Partitioned by month on `message_id` with the bounds of `message`, so that both detach together.
    """

    pk = models.CompositePrimaryKey("message_id", "participant_id")
    message_id = models.UUIDField()
    participant = models.ForeignKey(
        Participant, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    delivered_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    #: Platform of the device that reported it: {"platform": "web"}; never an address or a model name.
    device_info = models.JSONField(default=dict)

    class Meta:
        db_table = "delivery_status"
        constraints = (
            models.CheckConstraint(
                name="delivery_status_order",
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("delivered_at")),
            ),
        )
        indexes = (models.Index(name="delivery_status_participant", fields=("participant", "message_id")),)

    def __str__(self) -> str:
        return f"{self.message_id} {self.participant_id}"


class Mention(models.Model):
    """A member named in a message; counted while `seq` is above their read mark."""

    pk = models.CompositePrimaryKey("participant_id", "seq")
    participant = models.ForeignKey(Participant, models.CASCADE, db_index=False, related_name="mentions")
    seq = models.BigIntegerField()
    message_id = models.UUIDField()

    class Meta:
        db_table = "mention"
        indexes = (models.Index(name="mention_message", fields=("message_id",)),)

    def __str__(self) -> str:
        return f"{self.participant_id} {self.seq}"
