"""Months are made ahead, once, and are as safe as their parents."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connections

from messaging.queries.partitions import months, months_ahead
from messaging.services.partitions import create_months
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)
FAR = date(2040, 3, 1)


@pytest.fixture(autouse=True)
def _as_before():
    known = set(months())
    yield
    for month in set(months()) - known:
        for parent in ("message", "delivery_status"):
            owner(f"DROP TABLE {parent}_{month:%Y_%m}")


def test_two_months_back_and_some_ahead_are_made_once():
    made = create_months(today=date(2040, 3, 15), ahead=2)
    assert made == [date(2040, month, 1) for month in (1, 2, 3, 4, 5)]
    assert create_months(today=date(2040, 3, 15), ahead=2) == []
    assert months_ahead(FAR) == 2
    assert months_ahead(date(2041, 1, 1)) == -1


def test_the_turn_of_the_year():
    assert create_months(today=date(2040, 12, 31), ahead=1) == [
        date(2040, 10, 1),
        date(2040, 11, 1),
        date(2040, 12, 1),
        date(2041, 1, 1),
    ]


def test_two_at_once_make_each_month_once():
    def run(_):
        try:
            return create_months(today=FAR, ahead=1)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        made = [month for months_ in pool.map(run, range(3)) for month in months_]
    assert sorted(made) == [date(2040, month, 1) for month in (1, 2, 3, 4)]


def test_a_new_month_has_its_own_guard_and_no_grant():
    create_months(today=FAR, ahead=0)
    rows = owner(
        "SELECT relname, relrowsecurity, relacl FROM pg_class WHERE relname ~ '_2040_0[123]$' AND relkind = 'r'"
    )
    assert {row.relname for row in rows} == {
        f"{parent}_2040_{month:02}"
        for parent in ("message", "delivery_status", "message_revision", "reaction")
        for month in (1, 2, 3)
    }
    assert {(row.relrowsecurity, row.relacl) for row in rows} == {(True, None)}
