"""What a person wants to be told, by which way, and when not."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from .inbox import KindName

DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
#: As `datetime.weekday()` counts.
DAYS: tuple[DayName, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Time = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
EndTime = Annotated[str, Meta(pattern="^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
PerHour = Annotated[int, Meta(ge=1, le=1_000)]


class QuietHours(msgspec.Struct, forbid_unknown_fields=True):
    """From `start` to `end` by the wall clock, on each of `days`; an end at or before the start is on the next day."""

    days: Annotated[list[DayName], Meta(min_length=1, max_length=7)]
    start: Time
    end: EndTime


class Wishes(msgspec.Struct):
    """By which ways one kind is told."""

    in_app: bool
    push: bool
    email: bool


class WishesChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays."""

    in_app: bool | UnsetType = UNSET
    push: bool | UnsetType = UNSET
    email: bool | UnsetType = UNSET


class Preferences(msgspec.Struct):
    """`kinds` has every kind. `timezone` is where quiet hours are meant, by default the profile's.

    `digest`: what quiet hours held back comes as one summary. `push_per_hour`: what is beyond comes as one summary.
    `previews`: a push says from whom and what, encrypted for your device; otherwise it carries ids only.
    """

    kinds: dict[KindName, Wishes]
    quiet_hours: list[QuietHours]
    timezone: str
    digest: bool
    push_per_hour: int
    previews: bool


class PreferencesChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays. `quiet_hours` is replaced as a whole; `timezone` null: that of the profile."""

    kinds: dict[KindName, WishesChange] | UnsetType = UNSET
    quiet_hours: Annotated[list[QuietHours], Meta(max_length=21)] | UnsetType = UNSET
    timezone: str | UnsetType | None = UNSET
    digest: bool | UnsetType = UNSET
    push_per_hour: PerHour | UnsetType = UNSET
    previews: bool | UnsetType = UNSET
