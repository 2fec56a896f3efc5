"""Who knows what a notification is about: the apps above register themselves here when they start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notifications.models import Notification


class Preview(NamedTuple):
    """What the person who acts may know of a notification at this moment."""

    #: The conversation, prayer or case by name.
    title: str
    #: Who did it; somebody anonymous is "Someone".
    sender_name: str | None = None
    #: The beginning of a text that the person can see now; None where there is none, or no longer.
    preview: str | None = None
    #: How often, where the row's own count isn't it.
    times: int | None = None
    #: The first message of it that the person can see.
    seq: int | None = None


class Hold(NamedTuple):
    """Why something is not pushed: a `notifications.enums.Reason`; `until` when it may be, None: not at all."""

    reason: str
    until: datetime | None = None


Resolve = Callable[[Sequence[Notification]], Mapping[UUID, Preview]]
Holds = Callable[[Sequence[Notification], datetime], Mapping[UUID, Hold]]
OpenAgain = Callable[[Sequence[Notification]], None]


def _no_holds(rows: Sequence[Notification], now: datetime) -> Mapping[UUID, Hold]:
    return {}


def _as_it_is(rows: Sequence[Notification]) -> None:
    return None


class Source(NamedTuple):
    """What an app offers for its kinds.

    `resolve` runs inside `acting_as(reader)`, for many rows at once, and leaves out what the reader may not see or
    what is gone. `holds` runs in the worker, as the owner, for many people at once. `open_again` lets the next such
    fact open a notification again that has been closed, inside `acting_as(reader)`; `open_again_for_all` the same in
    the worker, for what has been pushed. Both run before the rows of notifications are locked.
    """

    resolve: Resolve
    holds: Holds = _no_holds
    open_again: OpenAgain = _as_it_is
    open_again_for_all: OpenAgain = _as_it_is


_sources: dict[str, Source] = {}


def register(kinds: Iterable[str], source: Source) -> None:
    """Once for each kind, in `AppConfig.ready`."""
    _sources.update(dict.fromkeys(map(str, kinds), source))


def by_source(rows: Iterable[Notification]) -> list[tuple[Source, list[Notification]]]:
    """Rows together with who knows about them; those whom nobody knows are left out."""
    grouped: dict[int, tuple[Source, list[Notification]]] = {}
    for row in rows:
        if source := _sources.get(row.kind):
            grouped.setdefault(id(source), (source, []))[1].append(row)
    return list(grouped.values())


def previews(rows: Sequence[Notification]) -> dict[UUID, Preview]:
    """What the person who acts may know of each; inside `acting_as`."""
    found: dict[UUID, Preview] = {}
    for source, own in by_source(rows):
        found.update(source.resolve(own))
    return found
