"""Copies of one's data."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.db.models import QuerySet

from moderation.models import ExportRequest
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.errors import NotFound

_LONGEST = 128
#: Not for the person's database role.
_SEALED = ("storage_name", "link_digest", "link_expires_at")


def my_exports() -> QuerySet[ExportRequest]:
    return ExportRequest.objects.filter(user=current_user_id()).defer(*_SEALED)


def my_export(export_id: UUID) -> ExportRequest:
    """Raises NotFound."""
    found = my_exports().filter(pk=export_id).first()
    if found is None:
        raise NotFound
    return found


def file_behind(word: str, export_id: UUID) -> str:
    """The name in the storage of what this link opens, which is used up by that. Raises NotFound."""
    rows = (
        call("take_export_link", sha256(word.encode()).digest(), types="bytea")
        if len(word) <= _LONGEST
        else []
    )
    if not rows or rows[0].export != export_id:
        raise NotFound
    return str(rows[0].storage_name)
