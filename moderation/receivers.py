"""What is changed through the admin site's own pages goes into the audit trail as well."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db.models.signals import post_save

from moderation.services.auditing import record
from prayermap.lib.acting import acting_role


def connect() -> None:
    """Once, when the app is ready."""
    post_save.connect(record_change, sender=LogEntry, dispatch_uid="moderation.record_change")


def record_change(*, instance: LogEntry, created: bool, **_: Any) -> None:
    """Which columns of which row, by whoever acts; nothing where nobody does (a test that makes entries)."""
    if not created or acting_role() is None or instance.content_type is None:
        return
    model = instance.content_type.model
    try:
        subject: UUID | None = UUID(str(instance.object_id))
    except ValueError:
        subject = None
    kind = "person" if model == "user" else model
    record(
        action="admin.changed",
        subject_kind=kind if subject else "",
        subject=subject,
        model=model,
        fields=_fields(instance),
    )


def _fields(entry: LogEntry) -> list[str]:
    """Names of columns, as Django writes them down: no value."""
    try:
        found = json.loads(entry.change_message)
    except ValueError:
        return []
    return [str(name) for part in found for name in part.get("changed", {}).get("fields", [])]
