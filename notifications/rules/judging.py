"""Whether something is pushed now: one question after another, the same answer for the same facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from notifications.enums import Outcome, Reason
from notifications.models import Notification
from notifications.rules.defaults import DEFAULTS, INBOX_ONLY, OFF, Channels
from notifications.rules.sources import Hold

#: While somebody is active elsewhere, it is looked at again after so long, then twice as long, and so on.
_LOOK_AGAIN_S, _LOOK_AGAIN_AT_MOST_S = 30, 600


class Verdict(NamedTuple):
    """What becomes of it and why; held things are looked at again at `until`."""

    outcome: Outcome
    reason: Reason
    until: datetime | None = None


class Facts(NamedTuple):
    """What is known of a person when something is due."""

    #: Where they differ from the defaults, by kind.
    wishes: Mapping[str, Channels]
    #: Set during quiet hours.
    quiet_until: datetime | None
    is_active: bool
    devices: tuple[UUID, ...]
    wants_digest: bool
    push_per_hour: int


DUE = Verdict(Outcome.SENT, Reason.DUE)


def wish(wishes: Mapping[str, Channels], kind: str) -> Channels:
    """By which ways this person wants this kind."""
    channels = wishes.get(kind, DEFAULTS.get(kind, OFF))
    return channels._replace(push=False, email=False) if kind in INBOX_ONLY else channels


def judge_push(
    row: Notification, facts: Facts, hold: Hold | None, *, now: datetime, window: timedelta
) -> Verdict:
    """An open notification that is due. The budget is counted afterwards, over all of a person's."""
    return _never(row, facts, hold) or _not_yet(row, facts, now, window) or DUE


def _never(row: Notification, facts: Facts, hold: Hold | None) -> Verdict | None:
    if not wish(facts.wishes, row.kind).push:
        return Verdict(Outcome.DROPPED, Reason.PREFERENCE)
    if hold is not None:
        return Verdict(Outcome.DROPPED, Reason(hold.reason))
    return None if facts.devices else Verdict(Outcome.DROPPED, Reason.NO_DEVICE)


def _not_yet(row: Notification, facts: Facts, now: datetime, window: timedelta) -> Verdict | None:
    if facts.quiet_until is not None:
        return Verdict(Outcome.HELD, Reason.QUIET_HOURS, facts.quiet_until)
    if facts.is_active:
        return Verdict(Outcome.HELD, Reason.ACTIVE, now + _pause(row.push_tries))
    if row.pushed_at is not None and row.pushed_at + window > now:
        return Verdict(Outcome.HELD, Reason.COLLAPSED, row.pushed_at + window)
    return None


def _pause(tries: int) -> timedelta:
    return timedelta(seconds=min(_LOOK_AGAIN_S * 2 ** min(tries, 10), _LOOK_AGAIN_AT_MOST_S))
