"""Read what was written since the last time, and put what is noticed before the moderators. Nothing is deleted.

Runs as the owner, by the worker. What is read stays in this process: no text stands in a task's arguments, in a log or
in the audit trail, and nothing counts as a look, since nobody has looked. A batch is one transaction, with the cursor:
a worker that is killed has screened it wholly or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from moderation.enums import Signal
from moderation.signals.judging import Found, judge
from prayermap.lib.db import call, call_scalar
from prayermap.lib.ids import uuid7

logger = logging.getLogger(__name__)
OWNER = "owner"
BATCH = 500


def screen_new(*, is_over: Callable[[], bool], batch: int = BATCH) -> int:
    """Screen everything that is there to be read, until `is_over()`; how many texts."""
    screened = empty = 0
    # A first step may only find out how far the next one can read.
    while empty < 2 and not is_over():
        number = screen_batch(batch)
        screened += number
        empty = 0 if number else empty + 1
    return screened


def screen_batch(batch: int = BATCH) -> int:
    """The next texts, in a transaction of its own; how many."""
    with transaction.atomic(using=OWNER):
        rows = call("advance_screening", batch, types="int", using=OWNER)
        edited = call("next_unscreened", batch, types="int", using=OWNER)
        # First all reading, then all writing: the audit trail is locked from the first signal to the commit.
        noticed = [(row, found) for row in (*rows, *edited) for found in _judge(row)]
        for row, found in noticed:
            _raise(row, found)
        _raise_patterns([row.member for row in rows])
    return len(rows) + len(edited)


def _judge(row: Any) -> list[Found]:
    try:
        return judge(row.words, is_new=row.is_new, on=settings.SIGNALS, phrases=settings.SIGNAL_PHRASES)
    except Exception as error:  # noqa: BLE001 - one text must not keep all others from being read
        # Neither the message of the error nor a traceback: either could show the text.
        logger.error("a text could not be screened: %s", type(error).__name__)  # noqa: TRY400
        return []


def _raise(row: Any, found: Found) -> str:
    alone = found.signal in settings.SIGNALS_ALONE
    outcome: str = call_scalar(
        "raise_signal", row.kind, row.subject, found.signal, found.reason, alone, uuid7(), uuid7(),
        types="text uuid text text boolean uuid uuid", using=OWNER,
    )  # fmt: skip
    return outcome


def _raise_patterns(members: list[UUID]) -> None:
    """How the authors of a batch behave, each looked at once."""
    people = list(dict.fromkeys(members))
    for signal, function, most in (
        (Signal.RATE, "raise_rates", settings.SIGNAL_RATE),
        (Signal.NEW_ACCOUNT, "raise_new_accounts", settings.SIGNAL_NEW_CONVERSATIONS),
    ):
        if people and signal in settings.SIGNALS and signal in settings.SIGNALS_ALONE:
            fresh = [uuid7() for _ in range(2 * len(people))]
            call(function, people, max(1, most), fresh, types="uuid[] int uuid[]", using=OWNER)
