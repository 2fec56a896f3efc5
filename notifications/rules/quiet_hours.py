"""Quiet hours: what the clock on a person's wall shows, in their zone, on which day of the week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from notifications.schemas.preferences import DAYS, QuietHours

_MIDNIGHT = 24 * 60
#: Rules repeat every week; a day more, since the last one may end on the day after.
_HORIZON_DAYS = 8
_MINUTE = timedelta(minutes=1)


def is_quiet(hours: Sequence[QuietHours], zone: ZoneInfo, moment: datetime) -> bool:
    """Whether the wall clock of `zone` shows a quiet time at `moment`.

    A span that ends at or before its start runs into the next day, and belongs to the day on which it starts.
    An hour that the clock shows twice in autumn is quiet both times; one that it skips in spring is neither.
    """
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    today, yesterday = DAYS[local.weekday()], DAYS[local.weekday() - 1]
    for span in hours:
        start, end = minutes(span.start), minutes(span.end)
        if start < end:
            if today in span.days and start <= minute < end:
                return True
        elif (today in span.days and minute >= start) or (yesterday in span.days and minute < end):
            return True
    return False


def quiet_until(hours: Sequence[QuietHours], zone: ZoneInfo, moment: datetime) -> datetime | None:
    """When the quiet time around `moment` ends; None where it isn't quiet. All week long: in eight days."""
    if not is_quiet(hours, zone, moment):
        return None
    for end in sorted(set(_ends(hours, zone, moment.astimezone(zone).date()))):
        if end > moment and not is_quiet(hours, zone, end):
            return end
    return moment + timedelta(days=_HORIZON_DAYS)


def minutes(time: str) -> int:
    """`22:30` as minutes since midnight; `24:00` is the end of the day."""
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def _ends(hours: Sequence[QuietHours], zone: ZoneInfo, today: date) -> Iterator[datetime]:
    """Every moment of the coming week at which a span may end, in UTC."""
    for span in hours:
        minute = minutes(span.end) % _MIDNIGHT
        for offset in range(_HORIZON_DAYS + 1):
            day = today + timedelta(days=offset)
            naive = datetime(day.year, day.month, day.day, minute // 60, minute % 60)  # noqa: DTZ001 - a wall clock's
            yield from _moments(naive, zone)


def _moments(naive: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When the wall clock shows this: once, twice in autumn; in spring, when it leaps over it."""
    first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) == naive:
        yield first
        yield second
        return
    # Skipped: `second` lies before the leap and `first` behind it. Both are whole minutes apart from it.
    while second < first and second.astimezone(zone).replace(tzinfo=None) < naive:
        second += _MINUTE
    yield second
