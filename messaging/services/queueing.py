"""The outbox: take messages that are sent later, cancel one, forget what is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q
from psycopg.types.json import Jsonb

from messaging.enums import QueueState
from messaging.models import QueuedMessage
from messaging.queries.queue import own_queue, queued_items
from messaging.rules import check_message
from messaging.schemas.queue import MOST_QUEUED, QueueAnswer, QueueItem, QueueMessages
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.digests import request_digests
from prayermap.lib.errors import ApiError, ClientIdInvalid, ClientIdReused, Conflict, Invalid, NotFound
from prayermap.lib.ids import datetime_of_ms, uuid7
from prayermap.lib.times import utc_now

#: A message lies in the month of its client_id, which must not be archived before it is sent.
SCHEDULED_AHEAD = timedelta(days=365)
#: How old a client_id may be, and how far ahead a client's clock.
CLIENT_ID_AGE, CLOCK = timedelta(days=30), timedelta(minutes=5)
#: Earlier moments leave the calendar in another zone.
_FIRST_YEAR = datetime(2, 1, 1, tzinfo=UTC)
SENT_KEPT, FAILED_KEPT = timedelta(hours=24), timedelta(days=30)


def queue_messages(*, body: QueueMessages) -> QueueAnswer:
    """Take these messages of the person who acts, all or none; two statements.

    A client_id that was queued or sent before, by whatever way, is answered with what became of it. Raises Invalid,
    ClientIdInvalid, ClientIdReused (`errors` name the item), Conflict above 500 that wait.
    """
    for number, item in enumerate(body.items):
        _check_item(number, item)
    rows = call(
        "queue_messages",
        body.device_id,
        Jsonb([_request(number, item) for number, item in enumerate(body.items)]),
        MOST_QUEUED,
        types="text jsonb int",
    )
    for row in rows:
        _raise_refusal(row)
    items = queued_items([row.item for row in rows])
    return QueueAnswer(items, duplicate=all(row.outcome == "duplicate" for row in rows))


def cancel_queued(*, item_id: UUID) -> None:
    """Take back one that is still pending. Raises NotFound, Conflict once it is being sent or done."""
    deleted, _ = own_queue().filter(pk=item_id, state=QueueState.PENDING).delete()
    if not deleted:
        if own_queue().filter(pk=item_id).exists():
            raise Conflict("Only what is pending can be taken back.")
        raise NotFound


def purge_queue(now: datetime, *, batch: int = 5_000) -> int:
    """Forget what was sent a day ago or failed 30 days ago, at most `batch` rows; how many went. Runs as the owner."""
    rows = QueuedMessage.objects.using("owner")
    old = rows.filter(
        Q(state=QueueState.SENT, finished_at__lt=now - SENT_KEPT)
        | Q(state=QueueState.FAILED, finished_at__lt=now - FAILED_KEPT)
    )
    ids = list(old.order_by("finished_at").values_list("pk", flat=True)[:batch])
    return rows.filter(pk__in=ids).delete()[0] if ids else 0


def _check_item(number: int, item: QueueItem) -> None:
    try:
        check_message(item.body())
    except Invalid as error:
        errors = {f"items[{number}].{field}": reasons for field, reasons in (error.errors or {}).items()}
        raise Invalid(errors=errors) from None
    if item.scheduled_at is not None and not _FIRST_YEAR < item.scheduled_at <= _latest(item):
        raise _item_error(Invalid, number, "scheduled_at", "At most a year after the message was written.")


def _latest(item: QueueItem) -> datetime:
    """The latest time for which an item may be scheduled: a year after it was written, as its client_id says."""
    now = utc_now()
    written = datetime_of_ms(min(item.client_id.int >> 80, int(now.timestamp() * 1000)))
    return max(written, now - CLIENT_ID_AGE) + SCHEDULED_AHEAD + CLOCK  # an older one is refused later


def _request(number: int, item: QueueItem) -> dict[str, Any]:
    """One element of what queue_messages() takes."""
    body = item.body()
    return {
        "ord": number,
        "id": str(uuid7()),
        "conversation": str(item.conversation),
        "client_id": str(item.client_id),
        "digests": request_digests(current_user_id(), item.conversation, body),
        "request": msgspec.to_builtins(body),
        "scheduled_at": item.scheduled_at.astimezone(UTC).isoformat() if item.scheduled_at else None,
    }


def _raise_refusal(row: Any) -> None:
    if row.outcome == "full":
        raise Conflict(f"At most {MOST_QUEUED} messages may wait.")
    if row.outcome == ClientIdReused.code:
        raise _item_error(ClientIdReused, row.ord, "client_id", "Was used for something else.")
    if row.outcome == ClientIdInvalid.code:
        raise _item_error(
            ClientIdInvalid, row.ord, "client_id", "Not a UUIDv7 of the last 30 days.", server_time=utc_now()
        )


def _item_error(error: type[ApiError], number: int, field: str, reason: str, **extra: Any) -> ApiError:
    return error(errors={f"items[{number}].{field}": [reason]}, **extra)
