"""The addresses under which the embedded servers of a data directory answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from prayermap.embedded.places import places

DATABASE = "prayermap"


@dataclass(frozen=True, slots=True)
class Addresses:
    """URLs in the form that libpq, django-environ and redis-py all read."""

    #: Login of requests: no owner, no bypass of row-level security.
    database_url: str
    #: Login of migrations and of test databases.
    database_owner_url: str
    #: The cluster's superuser on the maintenance database; only the launcher uses it.
    superuser_url: str
    redis_url: str


def addresses(data_dir: Path) -> Addresses:
    """Compute the addresses; whether anything listens there is not looked at, and nothing is started."""
    where = places(data_dir)
    host = quote(str(where.sockets), safe="/")
    return Addresses(
        database_url=f"postgresql://prayermap_app@/{DATABASE}?host={host}",
        database_owner_url=f"postgresql://prayermap_owner@/{DATABASE}?host={host}",
        superuser_url=f"postgresql://postgres@/postgres?host={host}",
        redis_url=f"unix://{quote(str(where.valkey_socket), safe='/')}?db=0",
    )
