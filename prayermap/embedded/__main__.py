"""`python -m prayermap.embedded start|stop|status`: the embedded servers without the rest, e.g. for psql."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from prayermap.embedded.errors import EmbeddedError
from prayermap.embedded.launcher import EmbeddedServers

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m prayermap.embedded",
        description="Start the embedded PostgreSQL and Valkey and leave them running, stop them, or say where they are.",
        epilog="Example: PRAYERMAP_DATA=/srv/prayermap python -m prayermap.embedded start",
    )
    parser.add_argument("verb", choices=("start", "stop", "status"))
    parser.add_argument(
        "--force", action="store_true", help="stop: also when a server of PrayerMap uses them"
    )
    parser.add_argument(
        "--no-fsync", action="store_true", help="start: for tests only, a crash may lose the data"
    )
    options = parser.parse_args()
    servers = EmbeddedServers(
        Path(os.environ.get("PRAYERMAP_DATA") or ROOT / ".local"), durable=not options.no_fsync
    )
    try:
        return _do(options.verb, servers, force=options.force)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


def _do(verb: str, servers: EmbeddedServers, *, force: bool) -> int:
    if verb == "start":
        servers.start(print)
        servers.leave_running()
    elif verb == "stop" and not servers.stop(even_if_used=force):
        print("Another process uses them: stop that one first, or say --force.", file=sys.stderr)
        return 1
    for name, pid in servers.running().items():
        print(f"{name}: {'not running' if pid is None else f'process {pid}'}")
    if verb != "stop":
        found = servers.addresses
        print(f"DATABASE_URL={found.database_url}\nDATABASE_OWNER_URL={found.database_owner_url}")
        print(f"REDIS_URL={found.redis_url}\npsql '{found.superuser_url}' (superuser)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
