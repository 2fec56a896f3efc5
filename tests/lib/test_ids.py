"""UUIDv7."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from prayermap.lib.ids import uuid7, uuid7_at, uuid7_floor, uuid7_time

MOMENT = datetime(2026, 11, 24, 12, 34, 56, 789_000, tzinfo=UTC)


def test_an_id_is_a_version_7_of_its_moment():
    made = uuid7_at(int(MOMENT.timestamp() * 1000))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert uuid7_time(made) == MOMENT


def test_ids_grow_within_one_process():
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_threads_never_make_the_same():
    with ThreadPoolExecutor(8) as pool:
        made = [id_ for ids in pool.map(lambda _: [uuid7() for _ in range(2_000)], range(8)) for id_ in ids]
    assert len(set(made)) == len(made)


def test_a_small_step_back_of_the_clock_keeps_the_order(monkeypatch):
    before = uuid7()
    behind = time.time_ns() - 5_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: behind)
    assert uuid7() > before


def test_the_floor_is_below_every_id_of_its_moment_and_above_those_before():
    ms = int(MOMENT.timestamp() * 1000)
    floor = uuid7_floor(MOMENT)
    assert uuid7_at(ms - 1) < floor < uuid7_at(ms)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment", [MOMENT, datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]
)
def test_postgresql_has_the_same_floor(moment):
    from tests.messaging.lines import owner

    assert owner("SELECT uuid7_floor(%s)", moment) == [(uuid7_floor(moment),)]
