"""A look every ten seconds at what a steady run could wear out: memory, descriptors, connections, dead rows, WAL."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psycopg
import redis

from bench import machine
from bench.stack import Stack
from bench.stats import percentile
from bench.steady.notes import Ages, Notes

EVERY_S = 10.0
#: Of each table (partitions together): rows, dead ones, what changed them, and from how many dead rows on autovacuum
#: comes: `threshold + scale_factor * reltuples` of every partition that holds anything, by its own options if it has some.
TABLES = """
SELECT coalesce(root.relname, c.relname), sum(n_live_tup), sum(n_dead_tup), sum(n_tup_upd), sum(n_tup_hot_upd),
  sum(n_tup_del), sum(s.autovacuum_count),
  sum(CASE WHEN n_live_tup + n_dead_tup = 0 THEN 0 ELSE
    coalesce(own.threshold, current_setting('autovacuum_vacuum_threshold')::float8)
    + coalesce(own.scale, current_setting('autovacuum_vacuum_scale_factor')::float8) * greatest(c.reltuples, 0) END)
FROM pg_stat_user_tables s
JOIN pg_class c ON c.oid = s.relid AND c.relkind = 'r'
LEFT JOIN pg_class root ON root.oid = pg_partition_root(s.relid)
CROSS JOIN LATERAL (
  SELECT max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold')::float8 AS threshold,
    max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor')::float8 AS scale
  FROM pg_options_to_table(c.reloptions)
) own
GROUP BY 1 HAVING sum(n_tup_upd) + sum(n_tup_del) + sum(n_dead_tup) > 0
"""
_COLUMNS = ("live", "dead", "updated", "hot", "deleted", "vacuumed", "threshold")
WHOLE = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
  pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 / 1048576,
  extract(epoch FROM current_setting('autovacuum_naptime')::interval)::float8
"""
_POINTS = (50, 99)


class Looks:
    """`samples` are the looks; `ages` hold every latency between one look and the next."""

    def __init__(self, stack: Stack, notes: Notes) -> None:
        self.notes, self.samples, self.ages = notes, list[dict[str, Any]](), list[Ages]()
        found = stack.pids()
        self._pids = {name: pid for name, pid in found.items() if pid}
        self._database = psycopg.connect(stack.dsn, autocommit=True)
        self._valkey = redis.Redis.from_url(stack.embedded.addresses.redis_url)
        self.naptime_s = 0.0
        self._wal = 0.0
        self._begun = time.monotonic()
        self._used, self._used_at = self._cpu(), self._begun

    def start(self) -> None:
        """The warm-up is over."""
        self.notes.restart()
        self._begun = time.monotonic()
        self._used, self._used_at = self._cpu(), self._begun
        _, self._wal, self.naptime_s = self._whole()

    def look(self) -> dict[str, Any]:
        """One sample. Takes 20 ms, during which this client stands still; all of its latencies show them."""
        ages, used, now = self.notes.take_ages(), self._cpu(), time.monotonic()
        cores = {name: (used[name] - self._used[name]) / (now - self._used_at) for name in used}
        self._used, self._used_at = used, now
        connections, wal, _ = self._whole()
        memory: Any = self._valkey.info("memory")
        server, valkey = self._pids["server"], self._pids["valkey"]
        sample = {
            "at_s": round(now - self._begun, 1),
            "latency": {
                what: {f"p{point}": round(percentile(values, point) or 0, 2) for point in _POINTS}
                for what, values in sorted(ages.items())
            },
            "server_rss_mb": round(machine.rss_mb([server]), 1),
            "valkey_rss_mb": round(machine.rss_mb([valkey]), 1),
            "valkey_used_mb": round(memory["used_memory"] / 1_048_576, 2),
            "server_descriptors": _descriptors(server),
            "valkey_descriptors": _descriptors(valkey),
            "connections": connections,
            "wal_mb": round(wal - self._wal, 1),
            "cores": {name: round(value, 3) for name, value in cores.items()},
            "counts": dict(self.notes.counts),
            "refused": dict(self.notes.refused),
            "errors": dict(self.notes.errors),
            "tables": self._tables(),
        }
        self.samples.append(sample)
        self.ages.append(ages)
        return sample

    def close(self) -> None:
        self._database.close()
        self._valkey.close()

    def _whole(self) -> tuple[int, float, float]:
        row = self._database.execute(WHOLE).fetchone()
        assert row is not None
        return int(row[0]), float(row[1]), float(row[2])

    def _tables(self) -> dict[str, dict[str, int]]:
        rows = self._database.execute(TABLES).fetchall()
        return {name: dict(zip(_COLUMNS, map(int, row), strict=True)) for name, *row in sorted(rows)}

    def _cpu(self) -> dict[str, float]:
        used = {name: machine.cpu_seconds([pid]) for name, pid in self._pids.items()}
        return {**used, "client": time.process_time(), "machine": machine.busy_seconds()}


def _descriptors(pid: int) -> int:
    return sum(1 for one in machine.family([pid]) for _ in Path(f"/proc/{one}/fd").iterdir())
