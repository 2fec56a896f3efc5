"""Move one's own marks forward."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from messaging.events import PERSON, ROOM, PersonEvent, RoomEvent, receipt_frame
from messaging.schemas.messages import MarkReceipts, Marks
from messaging.services.outcomes import refusal
from notifications.events import publish_notified, publish_settled
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import as_jsonb, call
from prayermap.lib.errors import invalid
from prayermap.lib.news import publish_on_commit


def mark_receipts(*, conversation_id: UUID, body: MarkReceipts, platform: str) -> Marks:
    """Everything up to these numbers has arrived, or was read, on such a device (`platform_of()`); one statement.

    Raises Invalid (no mark, or one above `latest_seq`), NotFound, Forbidden.
    """
    check_marks(body)
    author = current_user_id()
    request = mark_request(author=author, conversation_id=conversation_id, body=body, platform=platform)
    (result,) = call("mark_receipt", as_jsonb(request), types="jsonb")
    if error := refusal(result.outcome, mark=mark_at_fault(body)):
        raise error
    if result.changed:
        topic, event = receipt_event(conversation_id, author, result)
        publish_on_commit(topic, event)
    if result.closed or result.closed_fresh:
        publish_settled([author], conversation_id, result.closed, result.closed_fresh)
    if result.opened:
        publish_notified(result.opened, conversation_id)
    return Marks(delivered_seq=result.delivered_seq, read_seq=result.read_seq)


def check_marks(body: MarkReceipts) -> None:
    if body.delivered is None and body.read is None:
        raise invalid(read="Give `read`, `delivered` or both.")


def mark_at_fault(body: MarkReceipts) -> str:
    """Which of the two a refusal is about: `latest_seq` bounds the greater one."""
    return "read" if (body.read or 0) >= (body.delivered or 0) else "delivered"


def mark_request(
    *, author: UUID, conversation_id: UUID, body: MarkReceipts, platform: str, ord_: int = 1
) -> dict[str, Any]:
    """One element of the batch that `mark_receipts()` takes, for `as_jsonb()`."""
    return {
        "ord": ord_,
        "author": author,
        "conversation": conversation_id,
        "delivered": body.delivered,
        "read": body.read,
        "device": {"platform": platform},
    }


def receipt_event(
    conversation_id: UUID, author: UUID, result: Any, skip: str = ""
) -> tuple[str, RoomEvent | PersonEvent]:
    """Topic and event of a moved mark: for everybody, or for one's own devices where receipts aren't shared."""
    conversation = str(conversation_id)
    frame = receipt_frame(conversation, result.member, result.delivered_seq, result.read_seq, result.at)
    replaces = f"receipt/{result.member}"
    if result.shares:
        return ROOM, RoomEvent(
            conversation=conversation,
            rev=None,
            frame=frame,
            author=str(author),
            skip=skip,
            replaces=replaces,
        )
    return PERSON, PersonEvent(user=str(author), frame=frame, skip=skip, replaces=replaces)
