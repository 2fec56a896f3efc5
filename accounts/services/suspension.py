"""Keep somebody out for a while or for good.

The moderation console decides in PostgreSQL (moderation/sql/0006_decisions), so that a suspension follows from the
sanctions in force, and uses `tell_kept_out`; the rest is for commands and tests.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.enums import EndReason
from accounts.models import User
from accounts.services.sessions import end_all_sessions
from prayermap.lib.errors import invalid
from prayermap.lib.news import UserSuspended, publish_on_commit

#: The socket's close code for a person who may not be here.
CLOSE_SUSPENDED = 4503


def suspend(*, user: User, until: datetime, code: str, now: datetime) -> None:
    """No sign-in, no request and no socket before `until`. Devices stay signed in and work again then."""
    if until <= now:
        raise invalid(until="Must lie in the future.")
    _set(user, suspended_until=until, suspension_reason_code=code)
    tell_kept_out(user_id=user.pk, reason="suspended")


def lift_suspension(*, user: User) -> None:
    """Let somebody in again, also after a ban; they sign in anew."""
    _set(user, suspended_until=None, banned_at=None, suspension_reason_code="")


def ban(*, user: User, code: str, now: datetime) -> None:
    """Keep somebody out for good, and end every session."""
    _set(user, banned_at=now, suspension_reason_code=code)
    tell_kept_out(user_id=user.pk, reason="banned")
    end_all_sessions(user_id=user.pk, reason=EndReason.BANNED, now=now)


def tell_kept_out(*, user_id: UUID, reason: str) -> None:
    """Close all sockets of a person who may not be here any more, after the commit."""
    publish_on_commit("user.suspended", UserSuspended(str(user_id), CLOSE_SUSPENDED, reason))


def _set(user: User, **columns: datetime | str | None) -> None:
    """These columns and no others: another request may be changing the rest of the row."""
    for name, value in columns.items():
        setattr(user, name, value)
    user.save(update_fields=list(columns))
