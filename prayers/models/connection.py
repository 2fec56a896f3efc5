"""Memorial lines of the Living Map: from a prayer to where somebody answered it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .prayer import Prayer


class MemorialConnection(models.Model):
    """One line, drawn when a conversation about a prayer begins. It names nobody, and tells the hour at most.

    Places are hundredths of a degree, as a prayer's. A line that has run out, or whose prayer was deleted, is hidden,
    not destroyed. Out of reach of the members' database role: they see the map (sql/0008_map).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    #: NULL once the prayer was deleted.
    prayer = models.ForeignKey(
        Prayer, models.DO_NOTHING, db_constraint=False, null=True, blank=True, related_name="lines"
    )
    #: Where the prayer is; NULL for one without a place, whose lines can't be shown.
    from_latitude = models.SmallIntegerField(null=True, blank=True)
    from_longitude = models.SmallIntegerField(null=True, blank=True)
    #: What the one who answered chose to share; NULL for nothing: the line ends where it begins.
    to_latitude = models.SmallIntegerField(null=True, blank=True)
    to_longitude = models.SmallIntegerField(null=True, blank=True)
    is_shown = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "memorial_connection"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="memorial_connection_shown", condition=Q(is_shown=False) | Q(prayer__isnull=False)
            ),
            models.CheckConstraint(
                name="memorial_connection_life", condition=Q(expires_at__gt=F("created_at"))
            ),
        )
        indexes = (
            # For the job that hides what has run out.
            models.Index(
                name="memorial_connection_expiry", fields=("expires_at",), condition=Q(is_shown=True)
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class MemorialEnd(models.Model):
    """Sealed: who answered at the end of a line, so that it is drawn once."""

    connection = models.OneToOneField(MemorialConnection, models.CASCADE, primary_key=True, related_name="+")
    prayer = models.ForeignKey(Prayer, models.CASCADE, db_index=False, related_name="+")
    responder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        db_table = "memorial_end"
        constraints = (models.UniqueConstraint(name="memorial_end_once", fields=("prayer", "responder")),)

    def __str__(self) -> str:
        return str(self.connection_id)
