"""What a person wants to be told, by which way, and when not."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.enums import Kind


class NotificationPreference(models.Model):
    """One kind, where a person wants it otherwise than `rules.defaults` has it."""

    pk = models.CompositePrimaryKey("user_id", "kind")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    kind = models.TextField(choices=Kind.choices)
    in_app = models.BooleanField()
    push = models.BooleanField()
    email = models.BooleanField()

    class Meta:
        db_table = "notification_preference"
        constraints = (
            models.CheckConstraint(name="notification_preference_kind", condition=Q(kind__in=Kind.values)),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class NotificationSettings(models.Model):
    """What holds for all kinds. No row: everything as the columns' defaults say."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    #: IANA name; NULL: the zone of the person's profile.
    timezone = models.TextField(null=True)
    #: `[{"days": ["mon", …], "start": "22:00", "end": "07:00"}, …]`, see `schemas.preferences.QuietHours`.
    quiet_hours = models.JSONField(default=list)
    #: One summary for what quiet hours held back, instead of one push each.
    digest = models.BooleanField(default=True)
    #: Pushes in any 60 minutes; what is beyond comes as one summary.
    push_per_hour = models.SmallIntegerField(default=20)
    #: Put the preview into a push, which is encrypted for the device; else a push names ids only.
    previews = models.BooleanField(default=False)

    class Meta:
        db_table = "notification_settings"
        constraints = (
            models.CheckConstraint(
                name="notification_settings_push_per_hour",
                condition=Q(push_per_hour__gte=1, push_per_hour__lte=1_000),
            ),
        )

    def __str__(self) -> str:
        return str(self.user_id)
