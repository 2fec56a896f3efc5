"""A member of a conversation: the only identity that others see."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from messaging.enums import LISTED_STATES, NotificationLevel, Role, State

from .conversation import Conversation


class Participant(models.Model):
    """One person in one conversation. The random id is unlinkable between conversations.

    `read_seq` and `delivered_seq` are marks: everything up to them is read, or has reached a device.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    conversation = models.ForeignKey(
        Conversation,
        models.CASCADE,
        db_index=False,
        related_name="participants",  # the unique constraint serves
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    role = models.TextField(choices=Role.choices, default=Role.MEMBER)
    state = models.TextField(choices=State.choices, default=State.INVITED)
    is_anonymous = models.BooleanField(default=False)
    #: `rev` of this member's newest change that others can see.
    rev = models.BigIntegerField(default=0)

    #: A stranger's invitation: three messages until it is accepted, no receipts.
    is_request = models.BooleanField(default=False)
    #: False where the invited person blocked the inviter: listed, never told.
    is_told = models.BooleanField(default=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    #: Who invited, as a member of this conversation.
    invited_by = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    visible_from_seq = models.BigIntegerField(default=1)
    read_seq = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    delivered_seq = models.BigIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)

    muted_until = models.DateTimeField(null=True, blank=True)
    pinned_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    notification_level = models.TextField(choices=NotificationLevel.choices, default=NotificationLevel.ALL)
    #: Put back among the unread by the person; ends with the next read mark.
    marked_unread_at = models.DateTimeField(null=True, blank=True)
    #: A notification of unread messages stands open, and a send has nothing to add to it.
    is_notified = models.BooleanField(default=False)
    #: Until when a moderator has taken this member's word here.
    silenced_until = models.DateTimeField(null=True, blank=True)
    #: The person's `me_rev` at the newest change of the marks and settings above.
    me_rev = models.BigIntegerField(default=0)

    class Meta:
        db_table = "participant"
        constraints = (
            models.UniqueConstraint(name="participant_once", fields=("conversation", "user", "is_anonymous")),
            models.CheckConstraint(name="participant_role", condition=Q(role__in=Role.values)),
            models.CheckConstraint(name="participant_state", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="participant_level", condition=Q(notification_level__in=NotificationLevel.values)
            ),
            models.CheckConstraint(
                name="participant_marks",
                condition=Q(read_seq__gte=0, delivered_seq__gte=F("read_seq"), visible_from_seq__gte=1),
            ),
        )
        indexes = (
            models.Index(name="participant_user", fields=("user", "state")),
            # The first ten of a conversation, for its object.
            models.Index(
                name="participant_first",
                fields=("conversation", "created_at", "id"),
                condition=Q(state__in=LISTED_STATES),
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class SlowModeTurn(models.Model):
    """When a member of a conversation in slow mode last wrote. Sealed: it would give anonymous messages away."""

    participant = models.OneToOneField(Participant, models.CASCADE, primary_key=True, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "slow_mode_turn"

    def __str__(self) -> str:
        return str(self.participant_id)


class PersonState(models.Model):
    """A person's counter of changes that only their own devices see: marks, stars, mutes, settings."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    me_rev = models.BigIntegerField(default=0)

    class Meta:
        db_table = "person_state"

    def __str__(self) -> str:
        return str(self.user_id)
