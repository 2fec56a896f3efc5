"""A conversation and what keeps it single."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from messaging.enums import Kind
from prayermap.lib.ids import uuid7

#: Marks "nobody is anonymous here" in DirectPair.
NOBODY = UUID(int=0)


class Conversation(models.Model):
    """What members share. `latest_seq` numbers messages and `rev` every visible change, both without gaps;
    both are taken under this row's lock. `epoch` changes when history was rewound (a restored backup).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.TextField(choices=Kind.choices)
    title = models.TextField(blank=True, default="")
    description = models.TextField(blank=True, default="")
    #: NULL again once the prayer was deleted (a foreign key of sql/0017): its conversations stay.
    prayer_id = models.UUIDField(null=True, blank=True)
    is_private = models.BooleanField(default=True)
    requires_approval = models.BooleanField(default=False)
    #: Closed for good by moderation or because nobody is left.
    is_active = models.BooleanField(default=True)
    #: Only the group's admins may write.
    is_frozen = models.BooleanField(default=False)
    #: Seconds between two messages of a member who is no admin; 0: any number.
    slow_mode_s = models.IntegerField(default=0)
    #: Seconds after which a message disappears; NULL: never.
    disappear_after_s = models.IntegerField(null=True, blank=True)

    epoch = models.IntegerField(default=1)
    rev = models.BigIntegerField(default=0)
    latest_seq = models.BigIntegerField(default=0)
    #: `rev` of the newest change of title, description, privacy or approval.
    settings_rev = models.BigIntegerField(default=0)
    latest_message_id = models.UUIDField(null=True, blank=True)
    latest_activity_at = models.DateTimeField()
    #: Counted anew under the lock at each change of members: state active; invited, requested or active.
    active_count = models.IntegerField(default=0)
    member_count = models.IntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "conversation"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="conversation_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="conversation_counters",
                condition=Q(latest_seq__gte=0, rev__gte=F("latest_seq"), epoch__gte=1)
                & Q(rev__gte=F("settings_rev")),
            ),
            models.CheckConstraint(
                name="conversation_counts",
                condition=Q(active_count__gte=0, member_count__gte=F("active_count")),
            ),
            models.CheckConstraint(
                name="conversation_slow_mode", condition=Q(slow_mode_s__gte=0, slow_mode_s__lte=3_600)
            ),
            models.CheckConstraint(
                name="conversation_disappearing",
                condition=Q(disappear_after_s__isnull=True)
                | Q(disappear_after_s__gte=60, disappear_after_s__lte=31_536_000),
            ),
        )

        indexes = (
            models.Index(
                name="conversation_of_prayer",
                fields=("prayer_id", "id"),
                condition=Q(prayer_id__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class DirectPair(models.Model):
    """The one direct conversation of two people; a separate one where one of them is anonymous.

    Out of reach of the members' database role, since it names an anonymous person.
    """

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True)
    low = models.UUIDField()
    high = models.UUIDField()
    #: The one of the two who is anonymous here, or NOBODY.
    anonymous = models.UUIDField(default=NOBODY)

    class Meta:
        db_table = "direct_pair"
        constraints = (
            models.UniqueConstraint(name="direct_pair_once", fields=("low", "high", "anonymous")),
            models.CheckConstraint(name="direct_pair_ordered", condition=Q(low__lt=F("high"))),
        )

    def __str__(self) -> str:
        return str(self.conversation_id)


class PrayerPair(models.Model):
    """The one conversation about a prayer of its author and somebody who answered. Sealed, as DirectPair is."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True, related_name="+")
    prayer_id = models.UUIDField()
    responder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        db_table = "prayer_pair"
        constraints = (models.UniqueConstraint(name="prayer_pair_once", fields=("prayer_id", "responder")),)

    def __str__(self) -> str:
        return str(self.conversation_id)
