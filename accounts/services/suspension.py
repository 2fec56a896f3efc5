"""Keep somebody out for a while or for good. Called by the moderation console, as staff."""

from __future__ import annotations

from datetime import datetime

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
    publish_on_commit("user.suspended", UserSuspended(str(user.pk), CLOSE_SUSPENDED, "suspended"))


def lift_suspension(*, user: User) -> None:
    """Let somebody in again, also after a ban; they sign in anew."""
    _set(user, suspended_until=None, banned_at=None, suspension_reason_code="")


def ban(*, user: User, code: str, now: datetime) -> None:
    """Keep somebody out for good, and end every session."""
    _set(user, banned_at=now, suspension_reason_code=code)
    publish_on_commit("user.suspended", UserSuspended(str(user.pk), CLOSE_SUSPENDED, "banned"))
    end_all_sessions(user_id=user.pk, reason=EndReason.BANNED, now=now)


def _set(user: User, **columns: datetime | str | None) -> None:
    """Only the columns that staff may write."""
    for name, value in columns.items():
        setattr(user, name, value)
    user.save(update_fields=list(columns))
