"""What the SQL functions answer, as errors of the contract."""

from __future__ import annotations

import psycopg

from prayermap.lib.errors import (
    BY_CODE,
    ApiError,
    ClientIdInvalid,
    Invalid,
    RateLimited,
    Unavailable,
    invalid,
)
from prayermap.lib.times import utc_now

ACCEPTED = frozenset({"ok", "duplicate"})
#: What is said of a refusal whose code alone doesn't tell why.
_DETAILS = {
    "forbidden:not_own": "Only its author does this to a message.",
    "forbidden:too_late": "A message can be edited for 15 minutes.",
    "conflict:not_live": "The message is no longer there.",
    "forbidden:admins": "Only admins of the conversation pin.",
    "conflict:own_reactions": "At most 5 reactions of yours on one message.",
    "conflict:kinds": "At most 20 kinds of reactions on one message.",
    "conflict:pins": "At most 50 pins in a conversation.",
    "conflict:too_often": "This message was edited too often.",
}
_REASONS = {
    "reply_to": "No message with this seq that you can see.",
    "mentions": "Not all of these are active members.",
    "attachment": "Not an upload of yours of this kind.",
    "payload.prayer": "There is no such prayer.",
    "read": "There is no message with this seq yet.",
}


def refusal(outcome: str, retry_after_ms: int | None = None, *, mark: str = "read") -> ApiError | None:
    """The error for an outcome, None for one that is none.

    `retry_after_ms` is slow mode's time to wait, `mark` what an outcome is about that names no field.
    """
    if outcome in ACCEPTED:
        return None
    code, _, field = outcome.partition(":")
    if code == "invalid":  # without a field it is a mark
        return invalid(**{field or mark: _REASONS[field or "read"]})
    if code == RateLimited.code:
        return RateLimited("This conversation is in slow mode.", retry_after_ms=retry_after_ms)
    if code == ClientIdInvalid.code:
        return ClientIdInvalid(server_time=utc_now())
    return BY_CODE[code](_DETAILS.get(outcome)) if code in BY_CODE else Unavailable()


def broken_rule(error: BaseException | None) -> ApiError:
    """What a row that PostgreSQL refused is answered with: Invalid for a constraint that no check of ours knew.

    A check violation without a constraint's name is a month without a partition, which is no fault of the sender's.
    """
    if isinstance(error, psycopg.errors.CheckViolation) and error.diag.constraint_name is None:
        return Unavailable()
    return Invalid("The message breaks a rule of its type.")
