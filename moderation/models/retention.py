"""How far messages were let go for their age."""

from __future__ import annotations

from django.db import models

from messaging.enums import Kind


class RetentionMark(models.Model):
    """Up to this id nothing old is left in conversations of this kind (fade_old_messages() in sql/0015)."""

    kind = models.TextField(primary_key=True, choices=Kind.choices)
    behind = models.UUIDField()

    class Meta:
        db_table = "retention_mark"

    def __str__(self) -> str:
        return str(self.kind)
