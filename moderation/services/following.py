"""What decisions leave to the background worker: long removals, what nobody confirmed. Runs as the owner."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from messaging.services.telling import publish_updated
from moderation.services.effects import tell_effects
from prayermap.lib.db import call

OWNER = "owner"
BATCH = 100


def lapse_decisions() -> int:
    """End what was done at once and not confirmed within a day, and proposals of a week ago; how many."""
    lapsed = 0
    while True:
        with transaction.atomic(using=OWNER):
            rows = call("lapse_decision", using=OWNER)
        if not rows:
            return lapsed
        lapsed += 1
        _tell(rows[0])


def remove_in_bulk(*, batch: int = BATCH) -> int:
    """Go on with removals of everything that a member wrote, a batch a transaction; how many messages went."""
    removed = 0
    while True:
        with transaction.atomic(using=OWNER):
            rows = call("remove_in_bulk", batch, types="int", using=OWNER)
        if not rows:
            return removed
        removed += len(rows)
        with transaction.atomic():
            publish_updated([row.message for row in rows])


def _tell(result: Any) -> None:
    with transaction.atomic():
        tell_effects(result, "")
