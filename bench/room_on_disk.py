"""`python -m bench.room_on_disk`: bytes of a message, beside the first design of PrayerMap (bench/seed_schema.sql), repaired.

The messages of bench/size.sql, each read by every other member, in both schemas of one database; for conversations of two,
as nine of ten are, of up to 20 members, and with `--all` for those of up to 200 too. Ours also pays for search, whose index
is told by itself, and for what catch-up needs (`rev`): the first design has neither. It keeps twice who read what, in the
message and in a table.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import psycopg

from bench.size import Place
from bench.stack import Stack

#: Largest conversation that takes part; None: all.
CASES = {"of two": 2, "of up to 20": 20, "all": None}
PARTS = ("rows", "indexes", "together")
#: Rows with what is stored out of line, and indexes, of a table and its months.
ROOM = """
SELECT sum(pg_table_size(relid)), sum(pg_indexes_size(relid)), sum(pg_total_relation_size(relid))
FROM (SELECT relid FROM pg_partition_tree(%(table)s) WHERE isleaf UNION SELECT %(table)s::regclass) t
"""
SEARCH = """
SELECT sum(pg_relation_size(i.indexrelid)) FROM pg_partition_tree('message') t JOIN pg_index i ON i.indrelid = t.relid
JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam WHERE t.isleaf AND a.amname = 'gin'
"""
EMPTY = "TRUNCATE delivery_status, seed.delivery, seed.message, seed.conversation, seed.person"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.room_on_disk", description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000, help="(%(default)s)")
    parser.add_argument(
        "--all", action="store_true", help="also large groups: 6 million readings of 100,000 messages"
    )
    options = parser.parse_args()
    cases = {name: most for name, most in CASES.items() if most or options.all}
    with Stack() as stack:
        Place(options.messages, stack).fill()
        stack.stop_server()
        with psycopg.connect(stack.dsn, autocommit=True) as database:
            database.execute("SET work_mem = '256MB'")
            database.execute(_text("seed_schema.sql"))
            found = {name: _case(database, options.messages, most) for name, most in cases.items()}
    _report(found)
    print(json.dumps(found))
    return 0


def _case(database: psycopg.Connection[Any], messages: int, most: int | None) -> dict[str, Any]:
    """Fill both and measure. Bytes for each message of the case."""
    database.execute(EMPTY)
    database.execute("DROP TABLE IF EXISTS written, reading")
    psycopg.ClientCursor(database).execute(_text("room_on_disk.sql"), {"most": most})
    database.execute("VACUUM ANALYZE delivery_status, seed.message, seed.delivery")
    count, reads = database.execute(
        "SELECT count(*), (SELECT count(*) FROM reading) FROM written"
    ).fetchone() or (0, 0)
    tables = {
        # Its months hold the messages of both cases, whose rows don't differ.
        "ours, messages": ("message", messages),
        "ours, who read them": ("delivery_status", count),
        "seed, messages": ("seed.message", count),
        "seed, who read them": ("seed.delivery", count),
    }
    return {
        "messages": count,
        "readers": reads / count,
        "search": int((database.execute(SEARCH).fetchone() or (0,))[0]) / messages,
        "bytes": {name: _room(database, table, by) for name, (table, by) in tables.items()},
    }


def _room(database: psycopg.Connection[Any], table: str, messages: int) -> dict[str, float]:
    row = database.execute(ROOM, {"table": table}).fetchone() or (0, 0, 0)
    return {part: round(int(value) / messages, 1) for part, value in zip(PARTS, row, strict=True)}


def _text(name: str) -> str:
    return Path(__file__).with_name(name).read_text()


def _report(found: dict[str, Any]) -> None:
    for name, case in found.items():
        told = f"conversations {name}: {case['messages']:,} messages, {case['readers']:.1f} readers each"
        print(f"{told}\n{'bytes a message':<26}" + "".join(f"{part:>12}" for part in PARTS))
        for table, room in case["bytes"].items():
            print(f"{table:<26}" + "".join(f"{room[part]:>12,.0f}" for part in PARTS))
        print(f"{'of ours, search':<26}{'':>12}{case['search']:>12,.0f}{case['search']:>12,.0f}")
        for what in ("messages", "who read them"):
            _ratio(what, case["bytes"][f"ours, {what}"], case["bytes"][f"seed, {what}"])
        ours, seed = (
            {
                part: sum(room[part] for table, room in case["bytes"].items() if table.startswith(side))
                for part in PARTS
            }
            for side in ("ours", "seed")
        )
        _ratio("all of it", ours, seed)


def _ratio(what: str, ours: dict[str, float], seed: dict[str, float]) -> None:
    ratios = "".join(f"{ours[part] / seed[part] if seed[part] else 0:>12.2f}" for part in PARTS)
    print(f"{'ours / seed, ' + what:<26}{ratios}")


if __name__ == "__main__":
    sys.exit(main())
