"""Start, adopt and stop the embedded PostgreSQL of one data directory."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import psycopg

from prayermap.embedded.addresses import addresses
from prayermap.embedded.directories import make_private
from prayermap.embedded.errors import EmbeddedError, explain
from prayermap.embedded.places import POSTGRES_SOCKET, Places
from prayermap.embedded.postgres_conf import ACCESS, INCLUDES, OUR_FILE, configuration
from prayermap.embedded.processes import Identity, command_line, read_pid, run, tail, wait_until_gone
from prayermap.embedded.programs import Programs

#: Crash recovery replays at most max_wal_size (2 GB), which takes about a minute on a slow disk.
START_SECONDS = 180
#: Backends of a killed postmaster notice within a second or two; until then its shared memory is in use.
LEFTOVER_SECONDS = 15
#: No process has this number: Linux counts to 4,194,304 at most.
NOBODY = 4_194_305


class Postgres:
    """One cluster in `where.postgres`. The caller holds the launcher's lock around every method."""

    def __init__(self, where: Places, identity: Identity | None, which: Programs, *, durable: bool) -> None:
        self.where = where
        self.identity = identity
        self.programs = which
        self.log = where.logs / "postgres.log"
        self._pid_file = where.postgres / "postmaster.pid"
        self._configuration = configuration(
            release=which.postgres_release, program=which.postgres, sockets=where.sockets, durable=durable
        )

    def start(self, *, may_restart: bool) -> str:
        """Bring the server up and return how: "started", "adopted" or "restarted".

        A server that runs already is adopted; if its configuration is an older one and `may_restart`
        (nobody else uses it), it is restarted.
        """
        if not self.where.postgres.exists():
            self._initialise()
        self._check_version()
        running = self.running_pid() is not None
        if running and (self._is_current() or not may_restart):
            if self._is_adopted():
                return "adopted"
            running = False
        if running:
            self.stop()
        self._configure()
        self._launch()
        self._wait_until_ready()
        return "restarted" if running else "started"

    def stop(self) -> None:
        """Stop the server after its running transactions; does nothing when it isn't running."""
        pid = self.running_pid()
        if pid is None:
            return
        for mode in ("fast", "immediate"):
            self._pg_ctl("stop", "--mode", mode, "--timeout", "60", seconds=70)
            if wait_until_gone(pid, seconds=5):
                return
        raise EmbeddedError(f"PostgreSQL (process {pid}) doesn't stop; its log is {self.log}.")

    def running_pid(self) -> int | None:
        """The process that serves this very directory, or None."""
        pid = read_pid(self._pid_file)
        if pid is not None and str(self.where.postgres) in command_line(pid):
            return pid
        return None

    def _is_adopted(self) -> bool:
        """Whether the running server answers; False when it died while we asked, as one does that was just killed."""
        try:
            self._wait_until_ready()
        except EmbeddedError:
            if self.running_pid() is not None:
                raise
            return False
        return True

    def _initialise(self) -> None:
        """Make the cluster under another name first, so that an interrupted start leaves no half of one."""
        unfinished = self.where.home / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        make_private(unfinished, self.identity)
        made = run(
            [
                self.programs.initdb, "--pgdata", unfinished, "--username=postgres", "--auth=trust", "--encoding=UTF8",
                # Sorted by code point, alike on every machine: no index breaks when the system's locale data changes.
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
            ],
            identity=self.identity,
            seconds=120,
        )  # fmt: skip
        if made.returncode != 0:
            raise EmbeddedError(explain("The database directory could not be made", made.stderr, self.log))
        with (unfinished / "postgresql.conf").open("a") as file:
            file.write(INCLUDES)
        (unfinished / "pg_hba.conf").write_text(ACCESS)
        unfinished.rename(self.where.postgres)

    def _check_version(self) -> None:
        try:
            found = (self.where.postgres / "PG_VERSION").read_text().strip()
        except FileNotFoundError as error:
            raise EmbeddedError(
                f"{self.where.postgres} is not a PostgreSQL data directory: it has no PG_VERSION."
            ) from error
        ours = self.programs.postgres_release.split(".")[0]
        if found != ours:
            raise EmbeddedError(
                f"{self.where.postgres} was made by PostgreSQL {found}, and this is PostgreSQL {ours}. "
                "Convert it with pg_upgrade, or set PRAYERMAP_DATA to a new directory."
            )

    def _is_current(self) -> bool:
        file = self.where.postgres / OUR_FILE
        return file.exists() and file.read_text() == self._configuration

    def _configure(self) -> None:
        file = self.where.postgres / OUR_FILE
        file.write_text(self._configuration)
        # Root wrote it under its own umask; the server must be able to read it.
        file.chmod(0o644)

    def _launch(self) -> None:
        self._forget_dead_postmaster()
        end = time.monotonic() + LEFTOVER_SECONDS
        while True:
            started = self._pg_ctl(
                "start",
                "--wait",
                "--timeout",
                str(START_SECONDS),
                "--log",
                str(self.log),
                seconds=START_SECONDS + 10,
            )
            if started.returncode == 0:
                return
            said = tail(self.log, lines=8)
            if "pre-existing shared memory block" not in said or time.monotonic() > end:
                raise EmbeddedError(explain("PostgreSQL did not start", said or started.stderr, self.log))
            time.sleep(0.2)

    def _forget_dead_postmaster(self) -> None:
        """Defuse a pid file whose number now belongs to another program (common in containers, where pids repeat).

        PostgreSQL would take that program for a rival. The file itself stays: its later lines name the
        shared memory by which PostgreSQL recognises that a dead postmaster's backends are still at work.
        """
        (self.where.sockets / f"{POSTGRES_SOCKET}.lock").unlink(missing_ok=True)
        try:
            _, rest = self._pid_file.read_text().split("\n", 1)
        except (FileNotFoundError, ValueError):
            # Empty when the disk was full or the power went: it protects nothing.
            self._pid_file.unlink(missing_ok=True)
            return
        self._pid_file.write_text(f"{NOBODY}\n{rest}")

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(addresses(self.where.data_dir).superuser_url, connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if self.running_pid() is None or time.monotonic() > end:
                    raise EmbeddedError(explain("PostgreSQL doesn't answer", str(error), self.log)) from error
                time.sleep(0.1)
            else:
                return

    def _pg_ctl(self, verb: str, *options: str, seconds: float) -> subprocess.CompletedProcess[str]:
        command: list[str | Path] = [
            self.programs.pg_ctl,
            verb,
            "--silent",
            "--pgdata",
            self.where.postgres,
            *options,
        ]
        return run(command, identity=self.identity, seconds=seconds)
