"""Conversations that were archived by themselves, for whoever may archive."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from moderation.models import ConversationArchival
from prayermap.lib.db import call


def archived_conversations() -> QuerySet[ConversationArchival]:
    """Those that haven't been brought back, newest first, with who did it."""
    found = (
        ConversationArchival.objects.filter(restored_at=None).order_by("-id").select_related("archived_by")
    )
    return found.only("conversation_id", "archived_at", "archived_by__display_name")


def archival_preview(conversation_id: UUID) -> Any:
    """What archiving it would mean, in numbers (sql/0019_archival); None where there is no such conversation."""
    rows = call("archival_preview", conversation_id, types="uuid")
    return rows[0] if rows else None
