"""A whole PrayerMap of the tests' own, as durable as in production, that may be killed."""

from collections.abc import Iterator

import pytest

from bench.stack import Stack

#: What would lead the stack back to the test run's own servers.
NOT_INHERITED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PRAYERMAP_TESTING", "PRAYERMAP_EMBEDDED")


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    made = Stack(server="daphne")
    for name in NOT_INHERITED:
        made.env.pop(name, None)
    made.env["DJANGO_SETTINGS_MODULE"] = "prayermap.settings"
    with made:
        yield made
