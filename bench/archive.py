"""`python -m bench.archive --messages 1000000`: a month goes into the archive while people write.

On a stack of its own: a past month is filled with so many messages and three more with a few, two people write to each
other over REST without a pause, `archive_messages` is begun, killed with SIGKILL as soon as it has moved a month, and run again.
Told: how long it took, which locks it held (as seen from beside, every millisecond), whether a send failed, the latency of sends
before and meanwhile, and whether anything is lost or doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import threading
import time
from typing import Any

import psycopg

from bench.ids import client_id
from bench.people import Person, befriend, people
from bench.rest import API, shared_http
from bench.stack import ROOT, Stack
from bench.stats import latency

MONTHS = ("2021-01", "2021-02", "2021-03", "2021-04")
BEFORE_S = 10.0
FEW = 1_000

#: One message after the other, through the whole month; ids as UUIDv7 of their moment.
FILL = """
INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, mentions, state, created_at)
SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
  %(conversation)s, %(behind)s + n, %(behind)s + n, %(sender)s, false, 'text', 'Peace be with you, ' || n, '{}', 'live', moment
FROM generate_series(1, %(count)s) n,
  LATERAL (SELECT %(first)s::timestamptz + n * interval '27 days' / %(count)s AS moment) at
"""
LOCKS = """
SELECT DISTINCT l.mode, n.nspname || '.' || c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_stat_activity a ON a.pid = l.pid
WHERE a.usename = 'prayermap_owner' AND l.granted AND c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'archive')
  AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
"""
#: What is there: numbers of rows and of different ones, and a sum over all of them.
TRUTH = "SELECT count(*), count(DISTINCT id), sum(hashtext(m::text)::bigint) FROM message m WHERE created_at < '2022-01-01'"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.archive", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000, help="in the large month (%(default)s)")
    with Stack() as stack:
        print(json.dumps(asyncio.run(measure(stack, parser.parse_args().messages)), indent=2))
    return 0


async def measure(stack: Stack, messages: int) -> dict[str, Any]:
    async with shared_http(stack.url) as http:
        pair = await people(http, 2, stack)
        conversation = await befriend(*pair)
        await asyncio.to_thread(fill, stack, conversation, messages)
        truth = await asyncio.to_thread(ask, stack, TRUTH)
        writer = Writer(pair[0], conversation)
        writing = asyncio.create_task(writer.write())
        await asyncio.sleep(BEFORE_S)
        writer.phase = "meanwhile"
        watcher = Watcher(stack)
        watcher.start()
        seconds, killed_at = await asyncio.to_thread(archive, stack)
        watcher.stop()
        writer.phase = "after"
        await asyncio.sleep(BEFORE_S)
        writer.is_over = True
        await writing
        return {
            "messages": messages,
            "seconds_of_the_command": seconds,
            "archived_when_killed": killed_at,
            "locks_above_row_exclusive": sorted(watcher.seen),
            "same_rows_as_before": truth == await asyncio.to_thread(ask, stack, TRUTH),
            "problems_of_check_messages": await asyncio.to_thread(
                ask, stack, "SELECT problem FROM check_messages() LIMIT 5"
            ),
            "archived": [
                str(row[0])
                for row in await asyncio.to_thread(ask, stack, "SELECT month FROM archived_month ORDER BY 1")
            ],
            "sends_failed": writer.failed,
            "sends": {phase: latency(values) for phase, values in writer.latencies.items()},
        }


class Writer:
    """One send after the other; whatever isn't a 201 has failed."""

    def __init__(self, person: Person, conversation: str) -> None:
        self.person, self.path = person, f"{API}/conversations/{conversation}/messages/"
        self.phase, self.is_over, self.failed = "before", False, 0
        self.latencies: dict[str, list[float]] = {"before": [], "meanwhile": [], "after": []}

    async def write(self) -> None:
        headers = {"Authorization": f"Bearer {self.person.rest.access}"}
        while not self.is_over:
            body = {"client_id": client_id(), "type": "text", "content": "While the month goes"}
            phase, begun = self.phase, time.perf_counter()
            answer = await self.person.rest.http.post(self.path, json=body, headers=headers)
            self.latencies[phase].append((time.perf_counter() - begun) * 1_000)
            self.failed += answer.status_code != 201


class Watcher(threading.Thread):
    """Looks at the owner's locks about every millisecond."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(daemon=True)
        self.dsn, self.seen, self._over = stack.dsn, set[str](), threading.Event()

    def run(self) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            while not self._over.wait(0.001):
                self.seen.update(f"{mode} {name}" for mode, name in connection.execute(LOCKS))

    def stop(self) -> None:
        self._over.set()
        self.join()


def fill(stack: Stack, conversation: str, messages: int) -> None:
    with psycopg.connect(stack.dsn, autocommit=True) as connection:
        connection.execute("SET ROLE prayermap_owner")  # whose tables the months are
        (sender,) = connection.execute(
            "SELECT id FROM participant WHERE conversation_id = %s LIMIT 1", [conversation]
        ).fetchone() or (None,)
        behind = 0
        for number, month in enumerate(MONTHS):
            count = messages if number == 1 else FEW
            connection.execute("SELECT create_message_month(%s::date)", [f"{month}-01"])
            connection.execute(FILL, {
                "conversation": conversation, "behind": behind, "sender": sender, "count": count, "first": f"{month}-01",
            })  # fmt: skip
            behind += count
        connection.execute(
            "UPDATE conversation SET latest_seq = %(n)s, rev = rev + %(n)s WHERE id = %(id)s",
            {"n": behind, "id": conversation},
        )
        connection.execute("VACUUM (ANALYZE) message")


def archive(stack: Stack) -> tuple[list[float], int]:
    """Seconds of both runs, and how many months the first had moved when it was killed."""
    command = [sys.executable, "manage.py", "archive_messages", "--before", "2022-01-01"]
    begun = time.perf_counter()
    first = subprocess.Popen(
        command, cwd=ROOT, env=stack.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with psycopg.connect(stack.dsn, autocommit=True) as connection:
        while (
            first.poll() is None
            and connection.execute("SELECT 1 FROM archived_month LIMIT 1").fetchone() is None
        ):
            pass
    first.kill()
    first.wait()
    moved = len(ask(stack, "SELECT 1 FROM archived_month"))
    middle = time.perf_counter()
    stack.manage("archive_messages", "--before", "2022-01-01")
    return [round(middle - begun, 2), round(time.perf_counter() - middle, 2)], moved


def ask(stack: Stack, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(stack.dsn, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


if __name__ == "__main__":
    sys.exit(main())
