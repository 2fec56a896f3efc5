"""Rows that hang on a message: what it said before, reactions, and what one member keeps to themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .participant import Participant

#: The same number stands in edit_message() (sql/0022_changing_messages_v1.sql).
MAX_REVISIONS = 100


class MessageRevision(models.Model):
    """What a message said before an edit. Sealed: its author reaches it through a function.

    Partitioned by month on `message_id` with the bounds of `message`, so that all of a month detach together.
    """

    pk = models.CompositePrimaryKey("message_id", "number")
    message_id = models.UUIDField()
    #: 1 is what was sent.
    number = models.SmallIntegerField()
    content = models.TextField(null=True)
    payload = models.JSONField(null=True)
    #: Since when it said so.
    written_at = models.DateTimeField()

    class Meta:
        db_table = "message_revision"
        constraints = (
            models.CheckConstraint(
                name="message_revision_number", condition=Q(number__gte=1, number__lte=MAX_REVISIONS)
            ),
        )

    def __str__(self) -> str:
        return f"{self.message_id} {self.number}"


class Reaction(models.Model):
    """One emoji of one member on one message. Sealed: others learn how many, never who. Partitioned likewise."""

    pk = models.CompositePrimaryKey("message_id", "participant_id", "emoji")
    message_id = models.UUIDField()
    participant = models.ForeignKey(
        Participant, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    emoji = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "reaction"
        # Erasure: on what has this member reacted?
        indexes = (models.Index(name="reaction_participant", fields=("participant", "message_id")),)

    def __str__(self) -> str:
        return f"{self.message_id} {self.emoji}"


class PersonalMark(models.Model):
    """What one member alone sees of a message: a star, or that they have deleted it for themselves."""

    pk = models.CompositePrimaryKey("participant_id", "seq")
    participant = models.ForeignKey(
        Participant, models.CASCADE, db_index=False, related_name="personal_marks"
    )
    seq = models.BigIntegerField()
    message_id = models.UUIDField()
    starred_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "personal_mark"
        constraints = (
            # What was removed loses its star.
            models.CheckConstraint(
                name="personal_mark_kind",
                condition=Q(starred_at__isnull=True, removed_at__isnull=False)
                | Q(starred_at__isnull=False, removed_at__isnull=True),
            ),
        )
        indexes = (models.Index(name="personal_mark_message", fields=("message_id",)),)

    def __str__(self) -> str:
        return f"{self.participant_id} {self.seq}"
