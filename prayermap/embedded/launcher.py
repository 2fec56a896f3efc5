"""Start and stop the embedded servers of a data directory, alone or beside other processes that use them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from prayermap.embedded.addresses import Addresses, addresses
from prayermap.embedded.bootstrap import bootstrap
from prayermap.embedded.directories import prepare
from prayermap.embedded.errors import EmbeddedError, explain, explain_os_error
from prayermap.embedded.identity import serving_identity
from prayermap.embedded.locks import UseCount, exclusive
from prayermap.embedded.places import places
from prayermap.embedded.postgres import Postgres
from prayermap.embedded.programs import programs
from prayermap.embedded.valkey import Valkey

Report = Callable[[str], None]


class EmbeddedServers:
    """PostgreSQL and Valkey of one data directory, used from `start()` to `stop()`.

    Several processes may use the same directory: the first starts the servers, the others adopt them, and
    the last one to stop ends them. Servers left behind by a killed process are adopted likewise.
    """

    def __init__(
        self, data_dir: Path, *, postgres: bool = True, valkey: bool = True, durable: bool = True
    ) -> None:
        self.where = places(data_dir)
        self._wants = {"postgres": postgres, "valkey": valkey}
        self._durable = durable
        self._lock = self.where.home / "launcher.lock"
        self._users = UseCount(self.where.home / "users.lock")

    @property
    def addresses(self) -> Addresses:
        return addresses(self.where.data_dir)

    def start(self, report: Report | None = None) -> Self:
        """Bring up what was asked for, with roles and database; tell each step to `report`.

        Raises EmbeddedError, whose text is a sentence that names the cause and the log.
        """
        try:
            identity = serving_identity(self.where)
            prepare(self.where, identity)
            with exclusive(self._lock):
                self._start(report or _silent)
                self._users.enter()
        except OSError as error:
            raise EmbeddedError(explain_os_error(error)) from error
        except psycopg.Error as error:
            raise EmbeddedError(explain("The database could not be prepared", str(error))) from error
        return self

    def stop(self, *, even_if_used: bool = False) -> bool:
        """Stop the servers unless another process still uses them; True when they are down."""
        if not self._lock.exists():
            return True
        with exclusive(self._lock):
            self._users.leave()
            if not (even_if_used or self._users.is_free()):
                return False
            postgres, valkey = self._servers
            valkey.stop()
            postgres.stop()
        return True

    def revive(self) -> list[str]:
        """Start again what should run and doesn't, e.g. after its process was killed; one line for each.

        Raises EmbeddedError when it can't, also when the database's files have disappeared: a new and empty
        database under a running server would hide that from everybody.
        """
        running = self.running()
        gone = [name for name, wanted in self._wants.items() if wanted and running[name] is None]
        if "postgres" in gone and not self.where.postgres.exists():
            raise EmbeddedError(
                f"The database's files have disappeared: there is no {self.where.postgres} any more."
            )
        lines: list[str] = []
        if gone:
            self.start(lines.append)
        return [line for line in lines if not line.endswith("adopted")]

    def leave_running(self) -> None:
        """Stop using the servers without stopping them; the next `start()` adopts them."""
        self._users.leave()

    def running(self) -> dict[str, int | None]:
        """The process number of each server, or None."""
        postgres, valkey = self._servers
        return {"postgres": postgres.running_pid(), "valkey": valkey.running_pid()}

    def _start(self, report: Report) -> None:
        postgres, valkey = self._servers
        may_restart = self._users.is_free()
        if self._wants["postgres"]:
            how = postgres.start(may_restart=may_restart)
            report(f"PostgreSQL {postgres.programs.postgres_release} {how}")
            bootstrap(self.addresses.superuser_url)
        if self._wants["valkey"]:
            how = valkey.start(may_restart=may_restart)
            report(f"Valkey {valkey.programs.valkey_release} {how}")

    @cached_property
    def _servers(self) -> tuple[Postgres, Valkey]:
        identity = serving_identity(self.where)
        which = programs(self.where, identity)
        return (
            Postgres(self.where, identity, which, durable=self._durable),
            Valkey(self.where, identity, which),
        )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _silent(line: str) -> None:
    """Report nothing."""
