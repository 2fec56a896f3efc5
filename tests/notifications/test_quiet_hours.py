"""Quiet hours go by the clock on the wall, also on the night on which it is changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.rules.quiet_hours import is_quiet, quiet_until
from notifications.schemas.preferences import DAYS, QuietHours


def every_day(start, end):
    return [QuietHours(list(DAYS), start, end)]


def at(zone, text, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


#: Zones in which the clock is changed, with nights in spring and in autumn: forwards and back, north and south.
NIGHTS = [
    ("Europe/Berlin", "2026-03-28", "2026-03-29", 8),
    ("Europe/Berlin", "2026-10-24", "2026-10-25", 10),
    ("America/New_York", "2026-03-07", "2026-03-08", 8),
    ("America/New_York", "2026-10-31", "2026-11-01", 10),
    ("Australia/Lord_Howe", "2026-10-03", "2026-10-04", 8.5),  # half an hour
    ("Australia/Lord_Howe", "2026-04-04", "2026-04-05", 9.5),
    ("Africa/Nairobi", "2026-03-28", "2026-03-29", 9),  # never changed
]


@pytest.mark.parametrize(("zone", "evening", "morning", "hours"), NIGHTS)
def test_night_ends_when_the_clock_says_so(zone, evening, morning, hours):
    rules = every_day("22:00", "07:00")
    begins, ends = at(zone, f"{evening}T22:00"), at(zone, f"{morning}T07:00")
    assert (ends.astimezone(UTC) - begins.astimezone(UTC)) == timedelta(hours=hours)
    moment = begins.astimezone(UTC)
    assert not is_quiet(rules, ZoneInfo(zone), moment - timedelta(minutes=1))
    while moment < ends.astimezone(UTC):
        assert is_quiet(rules, ZoneInfo(zone), moment)
        assert quiet_until(rules, ZoneInfo(zone), moment) == ends
        moment += timedelta(minutes=15)
    assert quiet_until(rules, ZoneInfo(zone), moment) is None


def test_end_that_the_clock_leaps_over_is_at_the_leap():
    rules = every_day("22:00", "02:30")
    end = quiet_until(
        rules, ZoneInfo("Europe/Berlin"), at("Europe/Berlin", "2026-03-28T23:00").astimezone(UTC)
    )
    assert end == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # two o'clock, which is three


def test_hour_that_comes_twice_is_quiet_twice():
    rules = every_day("02:00", "02:30")
    zone = ZoneInfo("Europe/Berlin")
    for fold in (0, 1):
        moment = at("Europe/Berlin", "2026-10-25T02:10", fold).astimezone(UTC)
        assert quiet_until(rules, zone, moment) == moment + timedelta(minutes=20)
    between = at("Europe/Berlin", "2026-10-25T02:40").astimezone(UTC)
    assert not is_quiet(rules, zone, between)


def test_days_are_those_on_which_a_span_begins():
    rules = [QuietHours(["fri"], "20:00", "09:00")]
    zone = ZoneInfo("Asia/Manila")
    assert is_quiet(rules, zone, at("Asia/Manila", "2026-11-27T21:00"))  # a Friday
    assert is_quiet(rules, zone, at("Asia/Manila", "2026-11-28T08:59"))
    assert not is_quiet(rules, zone, at("Asia/Manila", "2026-11-28T21:00"))
    assert not is_quiet(rules, zone, at("Asia/Manila", "2026-11-27T08:00"))


def test_spans_that_touch_are_one():
    weekend = [QuietHours(["sat", "sun"], "00:00", "24:00"), QuietHours(["fri"], "20:00", "24:00")]
    zone = ZoneInfo("Africa/Nairobi")
    assert quiet_until(weekend, zone, at("Africa/Nairobi", "2026-11-27T21:00")) == at(
        "Africa/Nairobi", "2026-11-30T00:00"
    )


def test_quiet_all_week_is_looked_at_again_in_eight_days():
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    assert quiet_until(every_day("00:00", "24:00"), ZoneInfo("UTC"), moment) == moment + timedelta(days=8)
    assert quiet_until([], ZoneInfo("UTC"), moment) is None
