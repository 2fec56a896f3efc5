"""Which months are in the archive."""

from __future__ import annotations

from django.db import models


class ArchivedMonth(models.Model):
    """Since when a month is in the archive. Where its tables stand, says the catalogue (stored_months() in sql/0036)."""

    #: Its first day.
    month = models.DateField(primary_key=True)
    archived_at = models.DateTimeField()

    class Meta:
        db_table = "archived_month"

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
