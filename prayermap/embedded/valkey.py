"""Start, adopt and stop the embedded Valkey of one data directory.

It keeps nothing on disk: live news, tickets, typing and rate limits are all that lives in it, and each of
them is short-lived or made again from PostgreSQL.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import redis

from prayermap.embedded.addresses import addresses
from prayermap.embedded.errors import EmbeddedError, explain
from prayermap.embedded.places import Places
from prayermap.embedded.processes import Identity, command_line, kill, read_pid, run, tail, wait_until_gone
from prayermap.embedded.programs import Programs

START_SECONDS = 15

CONFIGURATION = """\
# Written by PrayerMap at each start, for Valkey {release}
port 0
unixsocket {socket}
unixsocketperm 700
daemonize yes
pidfile {pid_file}
logfile {log}
dir {directory}
set-proc-title no
databases 64
# Nothing to keep: truth is in PostgreSQL.
save ""
appendonly no
# An eviction would lift a rate limit or lose a ticket in silence; a refused write is an error that shows.
maxmemory 256mb
maxmemory-policy noeviction
# A server process that stops reading its news is cut off, and reads the missing ones from PostgreSQL.
client-output-buffer-limit pubsub 64mb 16mb 30
"""


class Valkey:
    """One server on `where.valkey_socket`. The caller holds the launcher's lock around every method."""

    def __init__(self, where: Places, identity: Identity | None, which: Programs) -> None:
        self.where = where
        self.identity = identity
        self.programs = which
        self.log = where.logs / "valkey.log"
        self._pid_file = where.valkey / "valkey.pid"
        self._file = where.valkey / "valkey.conf"
        self._configuration = CONFIGURATION.format(
            release=which.valkey_release,
            socket=_quoted(where.valkey_socket),
            pid_file=_quoted(self._pid_file),
            log=_quoted(self.log),
            directory=_quoted(where.valkey),
        )

    def start(self, *, may_restart: bool) -> str:
        """Bring the server up and return how: "started", "adopted" or "restarted"."""
        running = self.running_pid() is not None
        current = self._file.exists() and self._file.read_text() == self._configuration
        if running and self._answers() and (current or not may_restart):
            return "adopted"
        if running:
            self.stop()
        self._launch()
        return "restarted" if running else "started"

    def stop(self) -> None:
        """Stop the server; does nothing when it isn't running. One that doesn't answer is killed: it holds no truth."""
        pid = self.running_pid()
        if pid is None:
            return
        try:
            with self._client() as client:
                client.shutdown(nosave=True)
        except redis.RedisError:
            kill(pid)
        if not wait_until_gone(pid, seconds=5):
            kill(pid)

    def running_pid(self) -> int | None:
        """The process that serves this very directory, or None."""
        pid = read_pid(self._pid_file)
        if pid is not None and str(self._file) in command_line(pid):
            return pid
        return None

    def _launch(self) -> None:
        self._file.write_text(self._configuration)
        self._file.chmod(0o644)
        for left_over in (self._pid_file, self.where.valkey_socket):
            left_over.unlink(missing_ok=True)
        started = run([self.programs.valkey, self._file], identity=self.identity, seconds=START_SECONDS)
        if started.returncode != 0:
            raise EmbeddedError(explain("Valkey did not start", started.stderr or tail(self.log), self.log))
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > end:
                raise EmbeddedError(explain("Valkey did not start", tail(self.log), self.log))
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(
            addresses(self.where.data_dir).redis_url, socket_timeout=3, socket_connect_timeout=3, retry=None
        )


def _quoted(path: Path) -> str:
    """A path in the syntax of valkey.conf."""
    return '"' + os.fspath(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
