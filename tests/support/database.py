"""Fixtures: the servers, the test database, and a clean one for every test."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases

from prayermap.embedded.launcher import EmbeddedServers
from tests.support.cleaning import Cleaner
from tests.support.environment import uses_embedded

_cleaner: Cleaner | None = None
_valkey: redis.Redis | None = None


def configure() -> None:
    """Give every test both logins, and our cleaner in place of Django's flush."""
    TransactionTestCase.databases = {"default", "owner"}
    TransactionTestCase._fixture_teardown = _fixture_teardown


def clean_database() -> None:
    """Remove what has been committed since the migrations. Tests that count from zero may call it themselves."""
    assert _cleaner is not None, "the test database has not been set up"
    _cleaner.clean()


def _fixture_teardown(self: TransactionTestCase) -> None:
    clean_database()


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """The embedded servers, unless DATABASE_URL and REDIS_URL name others."""
    embedded = EmbeddedServers(
        Path(settings.PRAYERMAP_DATA),
        postgres=uses_embedded("postgres"),
        valkey=uses_embedded("valkey"),
        durable=False,
    )
    if not (uses_embedded("postgres") or uses_embedded("valkey")):
        yield
        return
    embedded.start()
    yield
    embedded.stop()


@pytest.fixture(scope="session")
def django_db_setup(
    request, servers, django_test_environment, django_db_blocker, django_db_keepdb
) -> Iterator[None]:
    """Make the test database as its owner; both logins see it.

    Replaces pytest-django's fixture, which makes databases only for the logins that tests name, and
    can't drop one while threads of ours still hold connections.
    """
    global _cleaner
    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        _disconnect_others(_test_name())
        made = setup_databases(
            verbosity, False, aliases={"default", "owner"}, serialized_aliases=set(), keepdb=django_db_keepdb
        )
        _limit_waiting()
        _cleaner = Cleaner(_conninfo())
    yield
    _cleaner.close()
    with django_db_blocker.unblock():
        for connection in connections.all(initialized_only=True):
            connection.close()
        connections["default"].close_pool()
        if not django_db_keepdb:
            _disconnect_others(settings.DATABASES["owner"]["NAME"])
            teardown_databases(made, verbosity)


@pytest.fixture
def valkey(servers) -> Iterator[redis.Redis]:
    """A client of the tests' Valkey database."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.fixture(autouse=True)
def _clean_valkey(request) -> Iterator[None]:
    """Forget tickets, typing and limits after every test that could have left any."""
    needs = {"servers", "valkey", "db", "transactional_db"} & set(request.fixturenames)
    used = bool(needs) or request.node.get_closest_marker("django_db") is not None
    if used:
        request.getfixturevalue("servers")
    yield
    if used:
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushdb()


def disconnect_everybody(name: str) -> None:
    """Close what this run holds of the test database, in the thread of coroutines' queries too, and end the rest."""
    connections.close_all()
    asyncio.run(sync_to_async(connections.close_all)())
    connections["default"].close_pool()
    _disconnect_others(name)


def _test_name() -> str:
    return connections["owner"].creation._get_test_db_name()


def _conninfo() -> str:
    given = connections["owner"].get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return psycopg.conninfo.make_conninfo(**{name: given[name] for name in names if given.get(name)})


def _limit_waiting() -> None:
    """Two logins in one test can wait for each other for ever; an error after ten seconds says where."""
    with psycopg.connect(_conninfo(), autocommit=True) as connection:
        for setting in ("lock_timeout = '10s'", "idle_in_transaction_session_timeout = '60s'"):
            connection.execute(f'ALTER DATABASE "{connection.info.dbname}" SET {setting}')


def _disconnect_others(name: str) -> None:
    """End what still holds the test database: pools of threads, or a test run that was killed. Sessions of our logins
    only: an autovacuum worker is a superuser's, and DROP DATABASE sends it away itself. By their names, since what
    kind of backend another login's session is, PostgreSQL doesn't tell the owner.
    """
    logins = [settings.DATABASES[alias]["USER"] for alias in ("default", "owner")]
    with psycopg.connect(_conninfo(), dbname="postgres", autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid() AND usename = ANY (%s)",
            [name, logins],
        )
