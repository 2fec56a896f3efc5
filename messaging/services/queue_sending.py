"""Send what is due in the outboxes: steps of a worker, inside `acting_as_writer()`, which the caller opens."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.conf import settings
from django.db import IntegrityError

from messaging.schemas.messages import SendMessage
from messaging.services.outcomes import broken_rule, refusal
from messaging.services.sending import send_request, sent_message, tell_sent
from prayermap.lib.db import as_jsonb, call, call_scalar
from prayermap.lib.errors import ApiError, RateLimited, Unavailable

#: Devices' conversations in one claim, and messages of each: what a worker that dies holds up for a lease.
LANES, EACH = 10, 20
#: What passes by itself, or may be mended by the next try; everything else is final.
TEMPORARY = frozenset({Unavailable.code, RateLimited.code, ApiError.code})


class Claimed(msgspec.Struct, frozen=True):
    """A queued message that this worker holds."""

    id: UUID
    lease: UUID
    user_id: UUID
    conversation: UUID
    digest: str
    body: SendMessage


class NotHeld(Exception):
    """The lease ran out, and another worker has it now."""


def claim_queued() -> list[list[Claimed]]:
    """What is due, each list one device's messages for one conversation in their order; none when nothing is."""
    lease = uuid4()
    rows = call("claim_queued", lease, LANES, EACH, settings.QUEUE_LEASE_SECONDS, types="uuid int int float8")
    rows.sort(key=lambda row: (*_lane(row), row.place))
    return [[_claimed(row, lease) for row in lane] for _, lane in groupby(rows, key=_lane)]


def send_queued(*, item: Claimed) -> None:
    """Send one, mark it sent, and tell; a repetition of what was sent before is marked only.

    Raises NotHeld, or the refusal as any send does; the transaction must then be rolled back.
    """
    accepted_at = call_scalar("hold_queued", item.id, item.lease, types="uuid uuid")
    if accepted_at is None:
        raise NotHeld
    request = send_request(author=item.user_id, conversation_id=item.conversation, body=item.body)
    request["accepted_at"] = accepted_at.isoformat()
    request["digests"].insert(0, item.digest)
    try:
        (result,) = call("send_messages", as_jsonb([request]), types="jsonb")
    except IntegrityError as error:  # told without the row, which holds the text
        raise broken_rule(error.__cause__) from error.with_traceback(None)
    if error_ := refusal(result.outcome, result.retry_after_ms):
        raise error_
    call("finish_queued", item.id, item.lease, result.seq, types="uuid uuid bigint")
    if result.outcome == "ok":
        message = sent_message(item.conversation, item.body, result, author=item.user_id)
        tell_sent(message=message, result=result, author=item.user_id)


def settle_queued(*, item: Claimed, error: ApiError) -> str | None:
    """It was refused: final, or tried again later together with those behind it. The state it is in now."""
    state: str | None = call_scalar(
        "settle_queued",
        item.id,
        item.lease,
        error.code,
        error.code not in TEMPORARY,
        error.retry_after_ms if error.code == RateLimited.code else None,
        types="uuid uuid text bool int",
    )
    return state


def give_back(*, item: Claimed) -> None:
    """This one and those behind it are for the next worker, at once; nothing was tried."""
    call("settle_queued", item.id, item.lease, "", False, 0, types="uuid uuid text bool int")  # noqa: FBT003


def _lane(row: Any) -> tuple[UUID, str, UUID]:
    return row.person, row.device, row.conversation


def _claimed(row: Any, lease: UUID) -> Claimed:
    body = msgspec.json.decode(row.request, type=SendMessage)  # Django's connections give jsonb as text
    return Claimed(row.id, lease, row.person, row.conversation, row.digest, body)
