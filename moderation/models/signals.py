"""How far the server has read along, and what it is still to read again. Nobody's rows: ids, times, no text."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ScreeningCursor(models.Model):
    """One row: every message written up to here has been screened.

    `probe_at` is how far the next step may read once all transactions older than `probe_xid` have ended: only then
    has everything that was numbered before that moment been committed, or never will be (sql/0012_signals).
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    screened_to = models.DateTimeField()
    #: The last message of that very moment; many share one.
    screened_id = models.UUIDField()
    probe_at = models.DateTimeField(null=True)
    probe_xid = models.BigIntegerField(null=True)

    class Meta:
        db_table = "screening_cursor"
        constraints = (
            models.CheckConstraint(name="screening_cursor_single", condition=Q(id=1)),
            models.CheckConstraint(
                name="screening_cursor_probe",
                condition=Q(probe_at=None, probe_xid=None)
                | Q(probe_at__isnull=False, probe_xid__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(self.screened_to)


class Unscreened(models.Model):
    """An edited message, a new or edited prayer: written by triggers, taken by the worker seconds later."""

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    subject = models.UUIDField()

    class Meta:
        db_table = "unscreened"
        constraints = (
            models.CheckConstraint(
                name="unscreened_kind", condition=Q(kind__in=("message", "prayer", "response"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
