"""What somebody says about themselves."""

from __future__ import annotations

from accounts import signals, values
from accounts.models import User
from prayermap.lib.acting import current_user_id
from prayermap.lib.errors import invalid
from prayermap.lib.text import check_name

EDITABLE = frozenset({"display_name", "timezone", "share_read_receipts", "share_presence"})


def update_profile(*, changes: dict[str, str | bool]) -> User:
    """Set some of `EDITABLE` for the person who acts. Raises Invalid; sends `profile_changed`."""
    if not changes.keys() <= EDITABLE:
        raise ValueError(f"Not for this service: {changes.keys() - EDITABLE}")
    changes = dict(changes)
    if "display_name" in changes:
        changes["display_name"] = _name(str(changes["display_name"]))
    if "timezone" in changes and not values.is_timezone(str(changes["timezone"])):
        raise invalid(timezone="Must be an IANA time zone, such as Africa/Nairobi.")
    user_id = current_user_id()
    if changes:
        User.objects.filter(pk=user_id).update(**changes)
        signals.profile_changed.send(sender=User, user_id=user_id, changed=frozenset(changes))
    return User.objects.get(pk=user_id)


def _name(value: str) -> str:
    try:
        return check_name(value)
    except ValueError as error:
        raise invalid(display_name=str(error)) from None
