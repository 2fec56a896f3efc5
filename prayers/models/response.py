"""What people answer to a prayer: a few words, or that they prayed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from prayermap.lib.ids import uuid7
from prayers.enums import ResponseKind

from .prayer import Prayer


class PrayerResponse(models.Model):
    """One response, seen by everybody who sees the prayer. Of an anonymous one nothing is more exact than an hour."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    prayer = models.ForeignKey(Prayer, models.CASCADE, db_index=False, related_name="responses")
    #: NULL for an anonymous response: see PrayerResponseAuthor.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    is_anonymous = models.BooleanField(default=False)
    kind = models.TextField(choices=ResponseKind.choices)
    content = models.TextField(null=True, blank=True)
    #: Taken out of sight by a moderator.
    is_hidden = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "prayer_response"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="prayer_response_author_named",
                condition=Q(is_anonymous=True, author__isnull=True)
                | Q(is_anonymous=False, author__isnull=False),
            ),
            models.CheckConstraint(
                name="prayer_response_content",
                condition=Q(kind=ResponseKind.TEXT, content__isnull=False)
                | Q(kind=ResponseKind.PRAYED, content__isnull=True),
            ),
        )
        indexes = (
            models.Index(name="prayer_response_prayer", fields=("prayer", "id")),
            models.Index(
                name="prayer_response_of_author", fields=("author", "id"), condition=Q(author__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class PrayerResponseAuthor(models.Model):
    """Sealed: who wrote an anonymous response. No role of members may read it."""

    response = models.OneToOneField(PrayerResponse, models.CASCADE, primary_key=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")

    class Meta:
        db_table = "prayer_response_author"
        indexes = (models.Index(name="prayer_response_author_user", fields=("user", "response")),)

    def __str__(self) -> str:
        return str(self.response_id)
