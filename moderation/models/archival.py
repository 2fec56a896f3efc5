"""Conversations that were archived by themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from prayermap.lib.ids import uuid7


class ConversationArchival(models.Model):
    """A conversation was closed and put into its members' archives, until it is brought back (sql/0019_archival)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    #: No foreign key: conversations are emptied and deleted by others.
    conversation_id = models.UUIDField()
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: Also the mark of its members: who has another one had it before, or has made it since.
    archived_at = models.DateTimeField()
    #: Open to writing before, or closed by a decision of moderators alone.
    was_open = models.BooleanField()
    restored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "conversation_archival"
        constraints = (
            models.UniqueConstraint(
                name="conversation_archival_once", fields=("conversation_id",), condition=Q(restored_at=None)
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
