"""News of notifications: what the hubs of all server processes are told after a commit, about whom."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

from prayermap.lib.news import publish_on_commit

NOTIFIED, SETTLED = "notifications.opened", "notifications.closed"


class Notified(msgspec.Struct, frozen=True):
    """Something about `subject` was opened for these people."""

    users: list[str]
    subject: str


class Settled(msgspec.Struct, frozen=True):
    """Notifications of these people about `subject` were closed: one person's with these ids.

    `fresh` ones had just been opened, so that they may not have been told yet. Neither: who has been told of the
    subject looks again.
    """

    users: list[str]
    subject: str = ""
    ids: list[str] = []
    fresh: list[str] = []


def notified(users: Iterable[UUID], subject: UUID) -> Notified:
    return Notified([str(user) for user in users], str(subject))


def settled(
    users: Iterable[UUID], subject: UUID | None = None, ids: Iterable[UUID] = (), fresh: Iterable[UUID] = ()
) -> Settled:
    return Settled(
        [str(user) for user in users],
        str(subject or ""),
        [str(id_) for id_ in ids],
        [str(id_) for id_ in fresh],
    )


def publish_notified(users: Iterable[UUID], subject: UUID, *, using: str = "default") -> None:
    publish_on_commit(NOTIFIED, notified(users, subject), using=using)


def publish_settled(
    users: Iterable[UUID],
    subject: UUID | None = None,
    ids: Iterable[UUID] = (),
    fresh: Iterable[UUID] = (),
    *,
    using: str = "default",
) -> None:
    publish_on_commit(SETTLED, settled(users, subject, ids, fresh), using=using)
