"""What somebody says about themselves."""

from __future__ import annotations

from uuid import UUID

from accounts import signals, values
from accounts.models import User
from accounts.renaming import tell_renamed
from prayermap.lib.acting import current_user_id
from prayermap.lib.errors import invalid
from prayermap.lib.rate import hit
from prayermap.lib.text import check_name

EDITABLE = frozenset({"display_name", "timezone", "share_read_receipts", "share_presence"})


def update_profile(*, changes: dict[str, str | bool]) -> User:
    """Set some of `EDITABLE` for the person who acts. Raises Invalid, RateLimited; sends `profile_changed`."""
    if not changes.keys() <= EDITABLE:
        raise ValueError(f"Not for this service: {changes.keys() - EDITABLE}")
    changes = dict(changes)
    if "display_name" in changes:
        changes["display_name"] = _name(str(changes["display_name"]))
    if "timezone" in changes and not values.is_timezone(str(changes["timezone"])):
        raise invalid(timezone="Must be an IANA time zone, such as Africa/Nairobi.")
    user_id = current_user_id()
    if "display_name" in changes and not _rename(user_id, str(changes["display_name"])):
        del changes["display_name"]
    if changes:
        User.objects.filter(pk=user_id).update(**changes)
        signals.profile_changed.send(sender=User, user_id=user_id, changed=frozenset(changes))
    return User.objects.get(pk=user_id)


def _rename(user_id: UUID, name: str) -> bool:
    """Tell whoever shows this name, unless it is the person's name already; then it changes nothing."""
    if User.objects.values_list("display_name", flat=True).get(pk=user_id) == name:
        return False
    hit("renames", str(user_id))  # one costs a step in each conversation, and a frame for everybody there
    tell_renamed(name)
    return True


def _name(value: str) -> str:
    try:
        return check_name(value)
    except ValueError as error:
        raise invalid(display_name=str(error)) from None
