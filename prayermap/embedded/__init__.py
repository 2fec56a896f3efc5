"""A real PostgreSQL and a real Valkey without installing either, started from the wheels' programs.

`addresses()` tells where they answer; `launcher.EmbeddedServers` starts and stops them. Setting
`DATABASE_URL` or `REDIS_URL` replaces one or the other.
"""

from prayermap.embedded.addresses import Addresses, addresses
from prayermap.embedded.errors import EmbeddedError

__all__ = ["Addresses", "EmbeddedError", "addresses"]
