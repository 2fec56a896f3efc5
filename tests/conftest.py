"""What every test has: a PostgreSQL and a Valkey of the run's own, both clean when the test begins.

`django_db` gives both logins, `default` (a request's) and `owner` (may do everything). They are two
connections: what one writes, the other sees only after a commit, so most tests use `transaction=True`.
"""

import pytest

from tests.support import collection, database
from tests.support.database import _clean_valkey, django_db_setup, servers, valkey

__all__ = ["_clean_valkey", "django_db_setup", "servers", "valkey"]


def pytest_configure() -> None:
    database.configure()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    collection.refuse_leaking_tests(items)
