"""Archive one conversation, and bring it back: as somebody of the staff. sql/0019_archival does it.

Its messages stay where they are: a month moves by renaming where it stands, a conversation would have to be copied out
of every month. What moves is where its people see it, and that nobody writes there any more.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from messaging.events import publish_look
from moderation.services.auditing import record
from moderation.services.effects import tell_settings
from prayermap.lib.acting import acting_as_writer
from prayermap.lib.db import call
from prayermap.lib.errors import Conflict, NotFound
from prayermap.lib.ids import uuid7

#: Why not, as whoever asked reads it.
REASONS = {
    "archived": "It is archived already.",
    "not_archived": "It isn't archived.",
    "legal_hold": "A legal hold keeps this conversation as it is.",
    "open_case": "An open case is about this conversation or something in it.",
}


def archive_conversation(*, conversation_id: UUID) -> None:
    """Close it to writing and put it into the archives of all who have it in a list.

    Raises NotFound, Conflict (archived already; a legal hold or an open case, as for months).
    """
    result = _stepped("archive_conversation", conversation_id, uuid7(), types="uuid uuid")
    _finish("archive.conversation_moved", conversation_id, result)


def restore_conversation(*, conversation_id: UUID) -> None:
    """Bring it back: open unless moderators have closed it, and unarchived for whoever hadn't archived it themselves.

    Raises NotFound, Conflict (not archived).
    """
    result = _stepped("restore_conversation", conversation_id, types="uuid")
    _finish("archive.conversation_restored", conversation_id, result)


def _stepped(function: str, *args: Any, types: str) -> Any:
    (result,) = call(function, *args, types=types)
    outcome, _, reason = result.outcome.partition(":")
    if outcome == NotFound.code:
        raise NotFound
    if outcome == Conflict.code:
        raise Conflict(REASONS[reason])
    return result


def _finish(action: str, conversation_id: UUID, result: Any) -> None:
    if result.new_rev is not None:
        transaction.on_commit(partial(tell_settings, conversation_id), robust=True)
    transaction.on_commit(partial(_tell_lists, conversation_id), robust=True)
    record(
        action=action, subject_kind="conversation", subject=conversation_id,
        closed_or_opened=result.new_rev is not None,
    )  # fmt: skip


def _tell_lists(conversation_id: UUID) -> None:
    """`conversation.updated` with their own mark, to the devices of each who has it in a list."""
    with acting_as_writer():
        for row in call("people_listing", conversation_id, types="uuid"):
            publish_look(row[0], conversation_id)
