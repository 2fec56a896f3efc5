"""A prayer, and who wrote it where others must not know."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from prayermap.lib.ids import uuid7
from prayers.enums import PrayerKind, PrayerStatus


class Prayer(models.Model):
    """One prayer, seen by everybody who is signed in. Written by the functions of sql/0003_prayer_writing alone.

    Its place is kept in whole hundredths of a degree, about a kilometre: the columns can't hold more. Of an
    anonymous one nothing is more exact than an hour, neither its id nor a time, so that they tell nobody who
    was at it then. PostgreSQL adds `cell`, the place along the map's curve (sql/0001_places).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    #: NULL for an anonymous prayer: see PrayerAuthor.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    is_anonymous = models.BooleanField(default=False)
    kind = models.TextField(choices=PrayerKind.choices, default=PrayerKind.REQUEST)
    title = models.TextField()
    body = models.TextField()
    #: Hundredths of a degree, north and east positive; both or neither.
    grid_latitude = models.SmallIntegerField(null=True, blank=True)
    grid_longitude = models.SmallIntegerField(null=True, blank=True)
    place_name = models.TextField(blank=True, default="")
    status = models.TextField(choices=PrayerStatus.choices, default=PrayerStatus.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    response_count = models.IntegerField(default=0)
    prayed_count = models.IntegerField(default=0)
    #: Taken out of sight by a moderator.
    is_hidden = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    #: The newest change that the map shows.
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "prayer"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="prayer_kind", condition=Q(kind__in=PrayerKind.values)),
            models.CheckConstraint(name="prayer_status", condition=Q(status__in=PrayerStatus.values)),
            models.CheckConstraint(
                name="prayer_author_named",
                condition=Q(is_anonymous=True, author__isnull=True)
                | Q(is_anonymous=False, author__isnull=False),
            ),
            models.CheckConstraint(
                name="prayer_answered",
                condition=Q(status=PrayerStatus.ANSWERED, answered_at__isnull=False)
                | (~Q(status=PrayerStatus.ANSWERED) & Q(answered_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="prayer_counts", condition=Q(response_count__gte=0, prayed_count__gte=0)
            ),
        )
        indexes = (
            models.Index(name="prayer_of_author", fields=("author", "id"), condition=Q(author__isnull=False)),
        )

    def __str__(self) -> str:
        return str(self.id)


class PrayerAuthor(models.Model):
    """Sealed: who wrote an anonymous prayer. No role of members may read it."""

    prayer = models.OneToOneField(Prayer, models.CASCADE, primary_key=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")

    class Meta:
        db_table = "prayer_author"
        indexes = (models.Index(name="prayer_author_user", fields=("user", "prayer")),)

    def __str__(self) -> str:
        return str(self.prayer_id)
