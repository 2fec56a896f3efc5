"""A search is answered from the index: what it costs follows what one's own conversations hold, not everybody's.

`python -m tests.plans --search --rows 1000000` prints sizes, times and plans, beside those of a hundredth of the rows.
"""

import os
import time
from pathlib import Path
from statistics import median

import psycopg
import pytest

from tests.messaging.actors import Actor, actor
from tests.messaging.lines import acting, line, owner
from tests.plans.watching import Watched, watch
from tests.support.database import clean_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(3_600)]
ROWS = int(os.environ.get("SEARCH_ROWS", "20000"))
#: The most common word of the vocabulary stands in four of ten messages.
COMMON = "w" + "c4ca42"
QUERIES = {
    "a rare word": "needle",
    "a common word": COMMON,
    "a common and a rare word": f"{COMMON} needle",
    "a beginning": "w1",
    "a phrase": f'"{COMMON} wc81e72"',
    "nothing": "zzzzzz",
}


def fill(rows: int) -> tuple[Actor, float]:
    """The reader, and how many seconds the filling took."""
    reader, writer = actor("Reader"), actor("Writer")
    text = Path(__file__).with_name("search.sql").read_text()
    begun = time.perf_counter()
    with line("owner") as held:
        psycopg.ClientCursor(held).execute(text, {"reader": reader.id, "writer": writer.id, "rows": rows})
        took = time.perf_counter() - begun
        held.execute("VACUUM ANALYZE message")
    return reader, took


def searched(reader: Actor, q: str) -> tuple[float, Watched]:
    """Milliseconds, the median of fifteen without watching, and the plans."""
    call = f"SELECT * FROM search_messages('{q}', NULL, NULL, NULL, NULL, NULL, NULL, 51, 60)"
    times = []
    with line() as held:  # plans and caches of a connection that has been used before
        for _ in range(15):
            with acting(held, "prayermap_member", reader.id):
                begun = time.perf_counter()
                held.execute(call)  # type: ignore[arg-type]
                times.append((time.perf_counter() - begun) * 1000)
    return median(times), watch("prayermap_member", reader.id, [call])


def test_search_uses_the_index_of_each_month():
    measured = {rows: measure(rows) for rows in ({ROWS // 100, ROWS} if ROWS > 20_000 else {ROWS})}
    if len(measured) > 1:
        report(measured[ROWS // 100], measured[ROWS])


def measure(rows: int) -> dict[str, float]:
    reader, took = fill(rows)
    times = {}
    for name, q in QUERIES.items():
        times[name], seen = searched(reader, q)
        relations = {node.relation for node in seen.nodes if node.kind == "Seq Scan"}
        assert not [relation for relation in relations if relation.startswith("message_2")], name
        indexes = {node.index for node in seen.nodes if node.kind == "Bitmap Index Scan"}
        assert any("message_words" in index for index in indexes), (name, indexes)
        if rows > 20_000:
            print(f"\n{name} ({q}): {times[name]:.1f} ms")
            for kind, relation, index in sorted({node[:3] for node in seen.nodes}):
                print(f"  {kind} {relation} {index}")
    (size,) = owner(
        "SELECT sum(pg_relation_size(inhrelid)) AS bytes FROM pg_inherits WHERE inhparent = 'message_words'::regclass"
    )
    (table,) = owner(
        "SELECT sum(pg_relation_size(inhrelid)) AS bytes FROM pg_inherits WHERE inhparent = 'message'::regclass"
    )
    clean_database()
    return times | {
        "index, MB": int(size.bytes) / 1e6,
        "rows, MB": int(table.bytes) / 1e6,
        "filled in, s": took,
    }


def report(small: dict[str, float], large: dict[str, float]) -> None:
    print(f"\n{'':28} {ROWS // 100:>12,} {ROWS:>12,}    ratio")
    for name, value in large.items():
        print(f"{name:28} {small[name]:12.1f} {value:12.1f} {value / max(small[name], 1e-9):8.1f}")
