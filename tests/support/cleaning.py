"""Empty the test database after a test that committed.

Django's own `flush` truncates every table and then makes permissions and content types again (about a
second here), and it works on the request login, which may not truncate. This one asks which tables have
rows, truncates those as the owner in one statement, and keeps what the migrations put there.
"""

from functools import cached_property

import psycopg
from psycopg import sql

#: A test that leaves a transaction open would block TRUNCATE for ever.
LOCK_TIMEOUT = "3s"
#: A server process that a test started may still be reading what the test has left behind.
ATTEMPTS = 5

#: The audit trail refuses to be emptied; its owner may say otherwise. One transaction.
TRUNCATE = sql.SQL("""
ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only;
TRUNCATE {} CASCADE;
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only
""")

TABLES = """
SELECT c.oid::regclass::text AS name
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname = 'public' AND pg_get_userbyid(c.relowner) = current_user
ORDER BY 1
"""


class Cleaner:
    """Knows which tables were empty when the migrations were through."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.Connection | None = None
        self._kept = set(self._with_rows(self._tables))

    def clean(self) -> None:
        """Truncate every table that has rows now and had none then."""
        dirty = [name for name in self._with_rows(self._tables) if name not in self._kept]
        if not dirty:
            return
        names = sql.SQL(", ").join(sql.SQL(name) for name in dirty)  # type: ignore[arg-type]  # quoted by regclass
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._open.execute(TRUNCATE.format(names))
            except psycopg.errors.DeadlockDetected:
                if attempt == ATTEMPTS:
                    raise
            except psycopg.errors.LockNotAvailable as error:
                raise AssertionError(f"The test left a transaction open:\n{self._who_blocks()}") from error
            else:
                return

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @cached_property
    def _tables(self) -> list[str]:
        return [name for (name,) in self._open.execute(TABLES)]

    @property
    def _open(self) -> psycopg.Connection:
        """Opened anew when a test has killed it together with the server."""
        if self._connection is not None and not self._connection.closed:
            try:
                self._connection.execute("SELECT 1")
            except psycopg.OperationalError:
                self.close()
            else:
                return self._connection
        self._connection = psycopg.connect(
            self._conninfo,
            autocommit=True,
            options=f"-c lock_timeout={LOCK_TIMEOUT}",
            application_name="cleaner",
        )
        return self._connection

    def _with_rows(self, tables: list[str]) -> list[str]:
        if not tables:
            return []
        probe = " UNION ALL ".join(
            f"SELECT {index} WHERE EXISTS (SELECT FROM {name})" for index, name in enumerate(tables)
        )
        return [tables[index] for (index,) in self._open.execute(probe.encode())]

    def _who_blocks(self) -> str:
        rows = self._open.execute(
            "SELECT application_name, state, left(query, 200) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        return "\n".join(" | ".join(str(value) for value in row) for row in rows)
