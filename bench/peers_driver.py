"""Our server in the peers' benchmark, beside ejabberd, Prosody and Synapse on the same PostgreSQL.

    python run.py --servers /path/to/bench/peers_driver.py:PrayerMap,/path/to/bench/peers_driver.py:PrayerMapUvicorn

Started as in production (DEBUG off, row-level security, replay guard and limits on, the limits raised as in
`bench.stack`). Its memory and processor time are those of the server and of its Valkey together. Clients send no
delivery receipts, as the XMPP clients of that benchmark send none; those of `PrayerMapReceipts` do.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core import procs  # type: ignore[import-not-found]  # noqa: E402 - the peers' benchmark, which loads this file
from core.settings import HOST, PG_PORT, PORT, scratch  # type: ignore[import-not-found]  # noqa: E402
from core.wire import wait_port  # type: ignore[import-not-found]  # noqa: E402
from drivers.base import Driver  # type: ignore[import-not-found]  # noqa: E402

from bench.ids import client_id  # noqa: E402
from bench.peers_client import BODY, PrayerMapClient, ReceiptingClient  # noqa: E402
from bench.stack import RAISED  # noqa: E402
from prayermap.embedded.launcher import EmbeddedServers  # noqa: E402


class PrayerMap(Driver):  # type: ignore[misc]
    """The server under daphne."""

    name, database, kind = "prayermap", "peer_prayermap", "daphne"
    port = PORT + 41
    notes = "replay guard, row-level security and all limits on; memory with its Valkey"

    def __init__(self, pg: Any) -> None:
        super().__init__(pg)
        self.dir = Path(scratch(self.name))
        self.people: list[dict[str, str]] = []
        self.valkey = EmbeddedServers(self.dir, postgres=False)
        address = f"{HOST}:{PG_PORT}/{self.database}"
        self.env = {
            **os.environ,
            **RAISED,
            "DATABASE_URL": f"postgresql://prayermap_app@{address}",
            "DATABASE_OWNER_URL": f"postgresql://prayermap_owner@{address}",
            "REDIS_URL": self.valkey.addresses.redis_url,
            "PRAYERMAP_DATA": str(self.dir),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": HOST,
            "HTTPS": "0",
            "DEBUG": "0",
        }

    async def fresh(self) -> None:
        await self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir.mkdir(parents=True)
        self.people = []
        self.pg.fresh_db(self.database)
        self.pg.sql_file("postgres", str(ROOT / "prayermap" / "lib" / "sql" / "roles.sql"))
        self.pg.sql("postgres", f"ALTER DATABASE {self.database} OWNER TO prayermap_owner;")
        self.valkey.start()
        self._python("manage.py", "migrate", "--verbosity=0")
        self._python("manage.py", "create_partitions")
        await self.start()

    def _python(self, *arguments: str) -> bytes:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.PIPE)
        return done.stdout

    async def start(self) -> None:
        self.valkey.start()
        command = [sys.executable, "-m", "prayermap.server", "--port", str(self.port), "--server", self.kind]
        self.proc = procs.spawn(command, str(self.dir / "server.log"), env=self.env, cwd=ROOT)
        await wait_port(self.port)
        await asyncio.sleep(1)

    async def stop(self) -> None:
        procs.stop(self.proc)
        self.proc = None
        if self.dir.exists():
            self.valkey.stop(even_if_used=True)

    def pids(self) -> list[int]:
        valkey = self.valkey.running()["valkey"]
        return [self.proc.pid, *([valkey] if valkey else [])]

    def version(self) -> str:
        return f"prayermap on {self.kind} {version(self.kind)}"

    async def users(self, n: int) -> None:
        if n > len(self.people):
            self.people += json.loads(self._python("-m", "bench.seed", "--count", str(n - len(self.people))))

    def client(self, i: int) -> PrayerMapClient:
        return PrayerMapClient(self.port, self.people[i])

    async def pair(self, a: PrayerMapClient, b: PrayerMapClient) -> str:
        body = {"kind": "direct_message", "members": [b.id], "client_id": client_id()}
        conversation = str((await a.call("POST", "/conversations/", body))["id"])
        await b.call("POST", f"/conversations/{conversation}/accept/", {})
        return conversation

    async def room(self, clients: list[PrayerMapClient]) -> str:
        owner, *others = clients
        body = {
            "kind": "group_prayer",
            "title": "Room",
            "client_id": client_id(),
            "members": [one.id for one in others],
        }
        conversation = str((await owner.call("POST", "/conversations/", body))["id"])
        for one in others:
            await one.call("POST", f"/conversations/{conversation}/accept/", {})
        await asyncio.sleep(1)
        return conversation

    def archived(self, marker: str) -> int:
        return int(
            self.pg.one(self.database, f"SELECT count(*) FROM message WHERE content LIKE '{marker} %';")
        )

    async def fill(self, client: PrayerMapClient, conv: str, n: int) -> list[str]:
        """One real message through the server, then n copies of its row in its place, one second apart."""
        client.send(conv, b"~history 00000000".ljust(BODY, b"x"))
        await asyncio.sleep(1)
        columns = self.pg.one(
            self.database,
            "SELECT string_agg(quote_ident(column_name), ',') FROM information_schema.columns WHERE table_name = 'message'"
            " AND column_name NOT IN ('id', 'seq', 'rev', 'created_at') AND is_generated = 'NEVER';",
        )
        sql = (ROOT / "bench" / "peers_fill.sql").read_text()
        values = {"columns": columns, "conversation": conv, "n": n, "newest_ms": int(time.time() * 1000)}
        self.pg.sql(self.database, sql.format(**values))
        return [str(seq) for seq in range(n // 2 - 2000, n // 2 + 2000)]


class PrayerMapUvicorn(PrayerMap):
    """The same server under uvicorn."""

    name, database, kind = "prayermap-uvicorn", "peer_prayermap_uvicorn", "uvicorn"
    port = PORT + 42


class PrayerMapReceipts(PrayerMapUvicorn):
    """The same under uvicorn, with clients that say what has reached them."""

    name, database = "prayermap-receipts", "peer_prayermap_receipts"
    port = PORT + 43

    def client(self, i: int) -> ReceiptingClient:
        return ReceiptingClient(self.port, self.people[i])
