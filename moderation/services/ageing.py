"""Messages that are older than their kind of conversation keeps them become tombstones, as if deleted for all.

In small transactions with pauses between: whoever writes meanwhile waits for no more than one of them, and each is told
to those who are connected like any deletion. Whatever is killed goes on the next time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from messaging.enums import Kind
from messaging.services.attachments import release_attachments
from messaging.services.notices import settle_notifications
from messaging.services.telling import publish_updated
from prayermap.lib.acting import acting_as_writer
from prayermap.lib.db import call
from prayermap.lib.ids import uuid7_floor

#: Messages that one transaction looks at; each that fades is a frame to everybody in its conversation.
BATCH = 200
PAUSE_SECONDS = 0.2
#: Nothing is changed and nobody told: larger steps.
LOOK_BATCH = 5_000
MIN_DAYS = 30


class Step(NamedTuple):
    """What one batch did. `kept`: something stood under a legal hold or an open case."""

    kind: str
    faded: int
    kept: bool


def policy() -> dict[str, int]:
    """Days by kind of conversation; kinds that keep everything are left out. Raises ImproperlyConfigured."""
    try:
        found = {kind: int(days) for kind, days in settings.RETENTION_DAYS.items()}
    except ValueError:
        raise ImproperlyConfigured(
            "RETENTION_DAYS: days are whole numbers, as in `group_prayer=365`."
        ) from None
    if strange := set(found) - set(Kind.values):
        raise ImproperlyConfigured(
            f"RETENTION_DAYS names kinds that there aren't: {', '.join(sorted(strange))}."
        )
    if any(days < MIN_DAYS for days in found.values()):
        raise ImproperlyConfigured(f"RETENTION_DAYS: at least {MIN_DAYS} days.")
    return found


def let_go(*, now: datetime, pause: Callable[[float], None] = time.sleep) -> Iterator[Step]:
    """Everything that is too old, batch by batch, oldest first."""
    for kind, days in policy().items():
        yield from _of_kind(kind, uuid7_floor(now - timedelta(days=days)), pause)


class Preview(NamedTuple):
    """What a batch would do: messages that would fade, and those that a legal hold or an open case keeps."""

    kind: str
    fading: int
    kept: int


def look_ahead(*, now: datetime) -> Iterator[Preview]:
    """What `let_go` would do, batch by batch; nothing is changed and nothing is locked."""
    for kind, days in policy().items():
        before, behind = uuid7_floor(now - timedelta(days=days)), None
        while True:
            with acting_as_writer():
                rows = call(
                    "count_old_messages", kind, behind, before, LOOK_BATCH, types="text uuid uuid int"
                )
            if not rows:
                break
            (row,) = rows
            behind = row.last_id
            yield Preview(kind, row.fading, row.kept)


def _of_kind(kind: str, before: UUID, pause: Callable[[float], None]) -> Iterator[Step]:
    behind: UUID | None = None
    has_kept = False
    while True:
        with acting_as_writer():
            rows = call(
                "fade_old_messages", kind, behind, before, BATCH, not has_kept,
                types="text uuid uuid int bool",
            )  # fmt: skip
            if not rows:
                return
            (row,) = rows
            if row.faded:
                release_attachments(messages=row.faded)
                publish_updated(row.faded)
                settle_notifications(row.conversations)
        behind = row.last_id
        has_kept = has_kept or row.has_kept
        yield Step(kind, len(row.faded), row.has_kept)
        if row.faded:
            pause(PAUSE_SECONDS)
