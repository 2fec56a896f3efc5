"""Take a case, give it back, write a note on it."""

from __future__ import annotations

from uuid import UUID

from messaging.services.outcomes import refusal
from moderation.models import CaseNote
from moderation.services.auditing import record, seal_newest
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call_scalar
from prayermap.lib.errors import Conflict, invalid
from prayermap.lib.text import is_blank

NOTE_CHARS = 4_000


def claim_case(*, case_id: UUID, version: int) -> None:
    """For half an hour; each step prolongs it. Raises NotFound, Conflict (another has it, or another version)."""
    _must(call_scalar("claim_case", case_id, version, types="uuid int"))
    seal_newest()


def release_case(*, case_id: UUID) -> None:
    """Give a case of one's own back to the queue. Raises Conflict."""
    _must(call_scalar("release_case", case_id, types="uuid"))
    seal_newest()


def note_on_case(*, case_id: UUID, version: int, text: str) -> None:
    """What the next one should know. Raises NotFound, Conflict, Invalid."""
    if is_blank(text) or len(text) > NOTE_CHARS:
        raise invalid(text=f"From 1 to {NOTE_CHARS} characters.")
    _must(call_scalar("work_on_case", case_id, version, types="uuid int"))
    note = CaseNote.objects.create(case_id=case_id, author_id=current_user_id(), text=text.strip())
    record(action="case.noted", subject_kind="note", subject=note.pk, case=case_id)


def _must(outcome: str) -> None:
    if error := refusal(outcome):
        if isinstance(error, Conflict):
            raise Conflict("Somebody else works on this case, or has changed it since you looked.")
        raise error
