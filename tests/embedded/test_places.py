"""Paths and addresses, computed without starting anything."""

import psycopg
import pytest
import redis

from prayermap.embedded import addresses
from prayermap.embedded.places import anyone_may_enter, places


@pytest.mark.parametrize("name", ["plain", "with space", "naïve ümlaut", "per%20cent", "a+b&c"])
def test_addresses_are_read_back_by_the_clients(data_dir, name):
    where = places(data_dir / name)
    found = addresses(data_dir / name)
    parsed = psycopg.conninfo.conninfo_to_dict(found.database_url)
    assert (parsed["host"], parsed["user"], parsed["dbname"]) == (
        str(where.sockets),
        "prayermap_app",
        "prayermap",
    )
    pool = redis.ConnectionPool.from_url(found.redis_url)
    assert (pool.connection_kwargs["path"], pool.connection_kwargs["db"]) == (str(where.valkey_socket), 0)


def test_addresses_touch_nothing(data_dir):
    addresses(data_dir / "absent")
    assert list(data_dir.iterdir()) == []


def test_anyone_may_enter_looks_at_every_directory_above(data_dir):
    inner = data_dir / "closed" / "inner"
    inner.mkdir(parents=True)
    assert anyone_may_enter(inner)
    (data_dir / "closed").chmod(0o700)
    assert not anyone_may_enter(inner)
    assert not anyone_may_enter(inner / "not yet there")
