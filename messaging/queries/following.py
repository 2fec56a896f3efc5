"""What became of a message: its answers, and whom it has reached."""

from __future__ import annotations

from uuid import UUID

from messaging.models import Participant
from messaging.queries.messages import as_messages, is_mine, message_at, visible_messages
from messaging.schemas.messages import Delivery, Message
from prayermap.lib.db import call
from prayermap.lib.errors import NotFound

#: Answers beyond these are found in the history.
MOST_ANSWERS = 1_000


def thread(
    member: Participant, seq: int, after: int, limit: int
) -> tuple[Message, list[Message], int | None]:
    """(the message, a page of its answers and their answers above `after`, oldest first, the seq the next page is after).

    Raises NotFound.
    """
    root = message_at(member, seq)
    found = call("answers_of", member.conversation_id, seq, MOST_ANSWERS, types="uuid bigint int")
    seqs = sorted(row[0] for row in found if row[0] > after)
    page = list(visible_messages(member).filter(seq__in=seqs[:limit]).order_by("seq"))
    first, *answers = as_messages(member, [root, *page])
    return first, answers, seqs[limit - 1] if len(seqs) > limit else None


def delivery(member: Participant, seq: int, after: UUID | None, limit: int) -> list[Delivery]:
    """Members by id, from behind `after`. Raises NotFound where the message isn't one's own."""
    row = message_at(member, seq)
    if row.is_removed or not is_mine(member, row):
        raise NotFound
    rows = call("message_delivery", member.conversation_id, seq, after, limit, types="uuid bigint uuid int")
    return [Delivery(*found) for found in rows]
