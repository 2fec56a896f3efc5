"""The environment variables of a test run."""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from prayermap.embedded import addresses

ROOT = Path(__file__).parents[2]
#: The first Valkey database that tests flush. The ones below belong to people who work on the same server.
FIRST_VALKEY_DATABASE = 8


def prepare() -> None:
    """Set what the project's settings read. A worker of pytest-xdist inherits it and moves to its own Valkey database."""
    if os.environ.get("PRAYERMAP_TESTING") != "1":
        base = Path(os.environ.get("PRAYERMAP_DATA") or ROOT / ".local").absolute()
        # Never the cluster that holds people's messages: the tests' one runs without fsync.
        os.environ["PRAYERMAP_DATA"] = str(base / "test")
        os.environ["PRAYERMAP_TESTING"] = "1"
        os.environ["PRAYERMAP_EMBEDDED"] = ",".join(
            name
            for name, url in (("postgres", "DATABASE_URL"), ("valkey", "REDIS_URL"))
            if not os.environ.get(url)
        )
        os.environ["DEBUG"] = "0"
        os.environ["HTTPS"] = "0"
        os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 50)
        os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
    redis_url = os.environ.get("REDIS_URL") or addresses(Path(os.environ["PRAYERMAP_DATA"])).redis_url
    os.environ["REDIS_URL"] = _with_database(redis_url, FIRST_VALKEY_DATABASE + _worker())


def uses_embedded(name: str) -> bool:
    """Whether "postgres" or "valkey" is to be started for this run, no address having been given."""
    return name in os.environ["PRAYERMAP_EMBEDDED"].split(",")


def _worker() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _with_database(url: str, number: int) -> str:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return urlunsplit(parts._replace(path=f"/{number}"))
