"""Delivery in rounds: decide, push, mail, until nothing is due."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from notifications.services.mailing import send_mails
from notifications.services.pushing import send_pushes
from notifications.services.routing import route_due
from prayermap.lib.times import utc_now


class Tally(msgspec.Struct):
    """What a run has done: notifications decided about, pushes tried, people mailed or looked at for a mail."""

    decided: int = 0
    pushes: int = 0
    mails: int = 0


def deliver_due(tally: Tally, is_ending: Callable[[], bool]) -> bool:
    """One round; whether there was anything to do. Any number of workers may run at once, as the owner."""
    done = 0
    for name, step in (("decided", route_due), ("pushes", send_pushes), ("mails", send_mails)):
        if is_ending():
            break
        count = step(now=utc_now())
        setattr(tally, name, getattr(tally, name) + count)
        done += count
    return done > 0
