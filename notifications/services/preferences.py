"""Change what one wants to be told."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from accounts import values
from notifications.models import NotificationPreference, NotificationSettings
from notifications.queries.preferences import own_preferences, own_settings
from notifications.rules.defaults import INBOX_ONLY
from notifications.schemas.preferences import Preferences, PreferencesChange, QuietHours, Wishes, WishesChange
from prayermap.lib.acting import current_user_id
from prayermap.lib.errors import Invalid, invalid


def change_preferences(*, body: PreferencesChange) -> Preferences:
    """Set what is given; the whole as it holds then. Raises Invalid."""
    if body.kinds is not UNSET:
        _set_kinds(body.kinds)
    changes = _changes(body)
    if changes:
        settings = own_settings()
        for name, value in changes.items():
            setattr(settings, name, value)
        NotificationSettings.objects.bulk_create(
            [settings], update_conflicts=True, unique_fields=["user_id"], update_fields=list(changes)
        )
    return own_preferences()


def _changes(body: PreferencesChange) -> dict[str, Any]:
    changes: dict[str, Any] = {
        name: value
        for name in ("timezone", "digest", "push_per_hour", "previews")
        if (value := getattr(body, name)) is not UNSET
    }
    if changes.get("timezone") is not None and not values.is_timezone(changes["timezone"]):
        raise invalid(timezone="Must be an IANA time zone, such as Africa/Nairobi.")
    if body.quiet_hours is not UNSET:
        for place, span in enumerate(body.quiet_hours):
            _check_span(place, span)
        changes["quiet_hours"] = msgspec.to_builtins(body.quiet_hours)
    return changes


def _check_span(place: int, span: QuietHours) -> None:
    if len(set(span.days)) != len(span.days):
        raise Invalid(errors={f"quiet_hours[{place}].days": ["Each day once."]})
    if span.start == span.end:
        raise Invalid(errors={f"quiet_hours[{place}].end": ["A whole day is from 00:00 to 24:00."]})


def _set_kinds(changes: dict[Any, WishesChange]) -> None:
    present = own_preferences().kinds
    rows = []
    for kind, change in changes.items():
        if kind in INBOX_ONLY and (change.push is True or change.email is True):
            raise Invalid(errors={f"kinds.{kind}": ["Strangers' requests wait in the inbox."]})
        wishes: Wishes = present[kind]
        given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
        merged = msgspec.structs.asdict(wishes) | given
        rows.append(NotificationPreference(user_id=current_user_id(), kind=kind, **merged))
    if rows:
        NotificationPreference.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["user_id", "kind"],
            update_fields=["in_app", "push", "email"],
        )
