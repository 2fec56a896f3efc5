"""When nobody is disturbed: quiet hours, an active device, a full hour; and the one summary afterwards."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from notifications.services import activity
from notifications.services.routing import route_due
from tests.messaging.actors import actor
from tests.messaging.lines import owner
from tests.notifications.delivering import deliver, later, opened, options, subscribe, why
from tests.notifications.looking import reads

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "22:00", "end": "07:00"}]


def opened_at(moment: datetime) -> None:
    """All that is open was opened then: PostgreSQL's clock can't be moved."""
    owner("UPDATE notification SET updated_at = %s, push_due_at = %s WHERE read_at IS NULL", moment, moment)


def test_night_is_quiet_and_ends_with_one_summary(ruth, amos, lydia, service):
    rooms = [ruth.direct(amos), lydia.direct(amos)]
    browser = subscribe(amos, service)
    # The night on which Berlin's clocks go back: an hour longer.
    options(amos, timezone="Europe/Berlin", quiet_hours=NIGHT)
    owner("UPDATE accounts_session SET expires_at = '2099-01-01'")
    ruth.say(rooms[0])
    lydia.say(rooms[1])
    night, morning = datetime(2026, 10, 24, 20, 0, tzinfo=UTC), datetime(2026, 10, 25, 6, 0, tzinfo=UTC)
    opened_at(night)
    deliver(night)
    deliver(morning - timedelta(minutes=1))
    assert service.pushes == []
    held = amos.ok("GET", "notifications/why/")["results"]
    assert [(row["detail"], row["until"]) for row in held] == [
        ("Held back: quiet hours.", "2026-10-25T06:00:00Z")
    ] * 2
    deliver(morning)
    assert opened(browser, service.pushes) == [{"type": "summary", "unread_count": 2}]
    assert why(amos)[:2] == [("push", "sent", "digest")] * 2


def test_one_thing_held_back_is_told_as_itself(ruth, amos, service):
    room = ruth.direct(amos)
    browser = subscribe(amos, service)
    options(amos, quiet_hours=NIGHT)
    owner("UPDATE accounts_session SET expires_at = '2099-01-01'")
    ruth.say(room)
    opened_at(datetime(2026, 11, 1, 23, 0, tzinfo=UTC))
    deliver(datetime(2026, 11, 1, 23, 0, tzinfo=UTC))
    deliver(datetime(2026, 11, 2, 7, 0, tzinfo=UTC))
    assert [payload["type"] for payload in opened(browser, service.pushes)] == ["notification"]


def test_who_wants_no_summary_is_told_each_after_the_night(ruth, amos, lydia, service):
    rooms = [ruth.direct(amos), lydia.direct(amos)]
    browser = subscribe(amos, service)
    options(amos, quiet_hours=NIGHT, digest=False)
    owner("UPDATE accounts_session SET expires_at = '2099-01-01'")
    ruth.say(rooms[0])
    lydia.say(rooms[1])
    opened_at(datetime(2026, 11, 1, 23, 0, tzinfo=UTC))
    deliver(datetime(2026, 11, 1, 23, 0, tzinfo=UTC))
    deliver(datetime(2026, 11, 2, 7, 0, tzinfo=UTC))
    assert [payload["type"] for payload in opened(browser, service.pushes)] == ["notification"] * 2


def test_what_was_read_at_night_is_not_in_the_summary(ruth, amos, lydia, service):
    rooms = [ruth.direct(amos), lydia.direct(amos)]
    browser = subscribe(amos, service)
    options(amos, quiet_hours=NIGHT)
    owner("UPDATE accounts_session SET expires_at = '2099-01-01'")
    ruth.say(rooms[0])
    lydia.say(rooms[1])
    opened_at(datetime(2026, 11, 1, 23, 0, tzinfo=UTC))
    deliver(datetime(2026, 11, 1, 23, 0, tzinfo=UTC))
    reads(amos, rooms[0], 1)
    deliver(datetime(2026, 11, 2, 7, 0, tzinfo=UTC))
    (payload,) = opened(browser, service.pushes)
    assert (payload["type"], payload["conversation"]) == ("notification", rooms[1])


def test_profile_zone_counts_unless_another_is_set(ruth, amos, service):
    room = ruth.direct(amos)
    amos.ok("PATCH", "me/", {"timezone": "Asia/Tokyo"})
    subscribe(amos, service)
    options(amos, quiet_hours=NIGHT)
    owner("UPDATE accounts_session SET expires_at = '2099-01-01'")
    ruth.say(room)
    opened_at(datetime(2026, 11, 1, 14, 0, tzinfo=UTC))
    deliver(datetime(2026, 11, 1, 14, 0, tzinfo=UTC))  # 23:00 in Tokyo
    assert why(amos) == [("push", "held", "quiet_hours")]


# --- active elsewhere ---------------------------------------------------------------------------------
def active(person):
    asyncio.run(activity.note_active([person.user.pk], "a process"))


def test_active_on_another_device_holds_back_until_it_is_put_away(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    active(amos)
    ruth.say(room)
    deliver()
    assert service.pushes == []
    (row,) = amos.ok("GET", "notifications/why/")["results"]
    assert (row["outcome"], row["reason"], row["detail"]) == (
        "held", "active", "Held back: active on another device.",
    )  # fmt: skip
    deliver(later(100))  # the device was last heard of longer ago than that
    assert len(service.pushes) == 1


def test_who_reads_on_the_active_device_is_never_pushed_to(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    active(amos)
    ruth.say(room)
    deliver()
    reads(amos, room, 1)
    deliver(later(1_000))
    assert service.pushes == []


def test_device_that_is_put_away_no_longer_counts(ruth, amos):
    active(amos)
    assert activity.active_people([amos.user.pk, ruth.user.pk]) == {amos.user.pk}
    asyncio.run(activity.note_inactive([amos.user.pk], "another process"))
    assert activity.active_people([amos.user.pk]) == {amos.user.pk}
    asyncio.run(activity.note_inactive([amos.user.pk], "a process"))
    assert activity.active_people([amos.user.pk]) == set()


def test_without_valkey_nobody_is_active_and_pushes_go_out(ruth, amos, service, settings):
    from prayermap.lib import valkey

    room = ruth.direct(amos)
    subscribe(amos, service)
    active(amos)
    ruth.say(room)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    valkey.client.cache_clear()
    try:
        deliver()
    finally:
        valkey.client.cache_clear()
    assert len(service.pushes) == 1


# --- so many an hour ------------------------------------------------------------------------------------
def test_hour_has_its_budget_and_the_rest_comes_as_one(amos, service):
    friends = [actor(f"Friend {number}") for number in range(6)]
    rooms = [friend.direct(amos) for friend in friends]
    browser = subscribe(amos, service)
    options(amos, push_per_hour=2)
    for friend, room in zip(friends, rooms, strict=True):
        friend.say(room)
    deliver()
    deliver(later(1_800))
    assert [payload["type"] for payload in opened(browser, service.pushes)] == ["notification"] * 2
    assert why(amos).count(("push", "held", "budget")) == 4
    deliver(later(3_700))
    assert opened(browser, service.pushes)[2:] == [{"type": "summary", "unread_count": 6}]
    deliver(later(10_000))
    assert len(service.pushes) == 3


def test_two_workers_at_once_spend_one_budget(amos, service):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    friends = [actor(f"Friend {number}") for number in range(8)]
    rooms = [friend.direct(amos) for friend in friends]
    subscribe(amos, service)
    options(amos, push_per_hour=3)
    for friend, room in zip(friends, rooms, strict=True):
        friend.say(room)
    now = later()

    def work(_):
        try:
            while route_due(now=now):
                pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert owner("SELECT count(*) AS n FROM push_delivery")[0].n == 3
    assert owner("SELECT cardinality(pushes) AS n FROM delivery_state")[0].n == 3
