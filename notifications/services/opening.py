"""Open a notification: something has happened that people should know of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from notifications.enums import Kind
from notifications.events import publish_notified, publish_settled
from notifications.rules.defaults import INBOX_ONLY
from prayermap.lib.db import call
from prayermap.lib.ids import uuid7


def open_notification(
    *,
    kind: Kind,
    users: Iterable[UUID],
    subject: UUID,
    conversation: UUID | None = None,
    prayer: UUID | None = None,
    seq: int | None = None,
    is_pushed: bool = True,
    using: str = "default",
) -> list[UUID]:
    """One for each of these people, in one statement of the caller's transaction; who was told.

    A second one about the same `subject` is the same row, counted. Whoever acts is not told. `is_pushed` False: it
    waits in the inbox. Blocks and rights are the caller's affair; what may be seen of it is asked when it is read.
    Who is connected hears of it after the commit.
    """
    wanted = list(users)
    if not wanted:
        return []
    rows = call(
        "open_notifications",
        kind.value,
        wanted,
        [uuid7() for _ in wanted],
        subject,
        conversation,
        prayer,
        seq,
        is_pushed and kind.value not in INBOX_ONLY,
        types="text uuid[] uuid[] uuid uuid uuid bigint boolean",
        using=using,
    )
    told = [row[0] for row in rows]
    if told:
        publish_notified(told, subject, using=using)
    return told


def withdraw_notifications(
    *, kinds: Sequence[Kind], subject: UUID, users: Iterable[UUID] | None = None, using: str = "default"
) -> None:
    """Close what tells of a subject that is no more, or no longer these people's affair (None: everybody's)."""
    rows = call(
        "withdraw_notifications",
        [kind.value for kind in kinds],
        subject,
        None if users is None else list(users),
        types="text[] uuid uuid[]",
        using=using,
    )
    if rows:
        publish_settled([row.user_id for row in rows], subject, using=using)


def tell_opened(*, kind: Kind, subject: UUID) -> None:
    """Connected devices hear of what a function of PostgreSQL has opened, for people whom no request may know.

    After the commit, as the server itself: outside of `acting_as`.
    """
    told = [row[0] for row in call("people_told", kind.value, subject, types="text uuid")]
    if told:
        publish_notified(told, subject)
