"""What the worker must know of people before it disturbs them: read as the owner, for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import Session, User
from notifications.models import NotificationPreference, NotificationSettings, PushDevice
from notifications.queries.preferences import hours_of
from notifications.rules.defaults import Channels
from notifications.rules.judging import Facts
from notifications.rules.quiet_hours import quiet_until
from notifications.services.activity import active_people


def facts_of(user_ids: Iterable[UUID], now: datetime) -> dict[UUID, Facts]:
    """Five statements and one question to Valkey, however many people. Nobody who has no account."""
    ids = list(set(user_ids))
    zones = dict(User.objects.using("owner").filter(pk__in=ids).values_list("pk", "timezone"))
    settings = {
        row.user_id: row for row in NotificationSettings.objects.using("owner").filter(user_id__in=ids)
    }
    wishes = _wishes(ids)
    devices = live_devices(PushDevice.objects.using("owner").filter(user_id__in=ids), now)
    active = active_people(ids, now=now.timestamp())
    return {
        user_id: _facts(
            settings.get(user_id) or NotificationSettings(),
            zone,
            wishes.get(user_id, {}),
            [device.pk for device in devices if device.user_id == user_id],
            is_active=user_id in active,
            now=now,
        )
        for user_id, zone in zones.items()
    }


def live_devices(devices: Iterable[PushDevice], now: datetime) -> list[PushDevice]:
    """Those whose sign-in still holds, of people who may be here: nobody else is told anything."""
    known = list(devices)
    sessions = {device.session_id for device in known}
    live = set(Session.objects.using("owner").live(now).filter(pk__in=sessions).values_list("pk", flat=True))
    return [device for device in known if device.session_id in live]


def quiet_end(settings: NotificationSettings, profile_zone: str, now: datetime) -> datetime | None:
    """When the quiet time that is now ends; None where it isn't quiet."""
    return quiet_until(hours_of(settings), ZoneInfo(settings.timezone or profile_zone), now)


def _facts(
    settings: NotificationSettings,
    zone: str,
    wishes: Mapping[str, Channels],
    devices: Sequence[UUID],
    *,
    is_active: bool,
    now: datetime,
) -> Facts:
    return Facts(
        wishes=wishes,
        quiet_until=quiet_end(settings, zone, now),
        is_active=is_active,
        devices=tuple(devices),
        wants_digest=settings.digest,
        push_per_hour=settings.push_per_hour,
    )


def _wishes(ids: Sequence[UUID]) -> dict[UUID, dict[str, Channels]]:
    found: dict[UUID, dict[str, Channels]] = defaultdict(dict)
    for row in NotificationPreference.objects.using("owner").filter(user_id__in=ids):
        found[row.user_id][row.kind] = Channels(row.in_app, row.push, row.email)
    return found
