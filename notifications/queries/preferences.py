"""What somebody wants to be told, as it holds now."""

from __future__ import annotations

import msgspec

from accounts.models import User
from notifications.enums import Kind
from notifications.models import NotificationPreference, NotificationSettings
from notifications.rules.defaults import DEFAULTS
from notifications.schemas.preferences import Preferences, QuietHours, Wishes
from prayermap.lib.acting import current_user_id


def own_settings() -> NotificationSettings:
    """The row of the person who acts, or one that holds the defaults."""
    me = current_user_id()
    return NotificationSettings.objects.filter(pk=me).first() or NotificationSettings(user_id=me)


def own_preferences() -> Preferences:
    """Three statements."""
    me = current_user_id()
    settings = own_settings()
    stored = {row.kind: row for row in NotificationPreference.objects.filter(user_id=me)}
    zone = settings.timezone or User.objects.values_list("timezone", flat=True).get(pk=me)
    kinds = {kind: stored.get(kind) or DEFAULTS[kind] for kind in Kind.values}
    return Preferences(
        kinds={kind: Wishes(row.in_app, row.push, row.email) for kind, row in kinds.items()},  # type: ignore[misc]
        quiet_hours=hours_of(settings),
        timezone=zone,
        digest=settings.digest,
        push_per_hour=settings.push_per_hour,
        previews=settings.previews,
    )


def hours_of(settings: NotificationSettings) -> list[QuietHours]:
    return msgspec.convert(settings.quiet_hours, list[QuietHours])
