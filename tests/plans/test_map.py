"""The map answers from its indexes, for a city and for the whole world, however much is on it.

`python -m tests.plans --map --rows 1000000` prints times and plans, beside those of a hundredth of the rows.
"""

import os
import time
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prayermap.lib.acting import acting_as
from prayers.places import read_box
from prayers.queries.living_map import SEEN, map_changes
from prayers.squares import cover
from tests.messaging.actors import Actor, actor
from tests.messaging.lines import line, owner
from tests.plans.watching import Watched, watch
from tests.support.database import clean_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(3_600)]
ROWS = int(os.environ.get("MAP_ROWS", "20000"))
TABLES = {"prayer", "memorial_connection"}
#: The fastest of so many is what it costs, whatever else the machine does.
LOOKS = 15


def boxes() -> dict[str, str]:
    """The city with the most prayers, and what lies around it."""
    (city,) = owner(
        "SELECT grid_latitude / 100.0::float8 AS south, grid_longitude / 100.0::float8 AS west FROM prayer"
        " WHERE title = 'Prayer 7'"
    )
    near = f"{city.west - 1:.2f},{city.south - 1:.2f},{city.west + 1:.2f},{city.south + 1:.2f}"
    return {
        "a city": f"?bbox={city.west - 0.3:.2f},{city.south - 0.3:.2f},{city.west + 0.3:.2f},{city.south + 0.3:.2f}",
        "a country": f"?bbox={near}",
        "the world": "?bbox=-180,-90,180,90",
        "the world, since an hour ago": f"?since={time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() - 3600))}",
    }


def look(reader: Actor, query: str) -> tuple[float, int, Watched]:
    """Milliseconds of the fastest, how many features, and the plans."""
    times = []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        found = reader.ok("GET", f"map/{query}")
        times.append((time.perf_counter() - begun) * 1000)
    with CaptureQueriesContext(connection) as caught:
        reader.ok("GET", f"map/{query}")
    statements = [one["sql"] for one in caught if "map_" in one["sql"] or '"prayer"' in one["sql"]]
    return min(times), len(found["features"]), watch("prayermap_member", reader.id, statements)


def hear(reader: Actor) -> tuple[float, int, Watched]:
    """The same of what open maps are told of two hundred prayers with their lines, and of two hundred lines."""
    prayers = [row.id for row in owner("SELECT id FROM prayer ORDER BY title LIMIT 200")]
    lines = [row.id for row in owner("SELECT id FROM memorial_connection ORDER BY from_cell LIMIT 200")]
    times = []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        with CaptureQueriesContext(connection) as caught, acting_as(UUID(reader.id)):
            found = map_changes(prayers, lines, prayers)
        times.append((time.perf_counter() - begun) * 1000)
    statements = [one["sql"] for one in caught if "map_" in one["sql"] or '"prayer"' in one["sql"]]
    return min(times), len(found.features), watch("prayermap_member", reader.id, statements)


def measure(rows: int) -> dict[str, tuple[float, int]]:
    """Milliseconds and features of each look."""
    reader = actor("Reader")
    text = Path(__file__).with_name("map.sql").read_text()
    with line("owner") as held:
        psycopg.ClientCursor(held).execute(text, {"author": reader.id, "rows": rows})
        held.execute("VACUUM ANALYZE prayer")
        held.execute("VACUUM ANALYZE memorial_connection")
    times = {}
    looks = {name: partial(look, reader, query) for name, query in boxes().items()}
    for name, ask in (looks | {"news of 600": partial(hear, reader)}).items():
        took, found, seen = ask()
        times[name] = took, found
        assert seen.nodes, name
        assert [node for node in seen.nodes if node.kind == "Seq Scan" and node.relation in TABLES] == [], (
            name
        )
        if rows > 20_000:
            print(f"\n{rows:,}: {name}: {took:.1f} ms, {found} features")
            for kind, relation, index in sorted({node[:3] for node in seen.nodes}):
                if relation or index:
                    print(f"  {kind} {relation} {index}")
    clean_database()
    return times


def test_the_map_is_answered_from_its_indexes(settings):
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "100000/minute")
    measured = {rows: measure(rows) for rows in ({ROWS // 100, ROWS} if ROWS > 20_000 else {ROWS})}
    if len(measured) > 1:
        print(f"\n{'':30} {ROWS // 100:>21,} {ROWS:>21,}    ratio")
        for name, (value, found) in measured[ROWS].items():
            few, shown = measured[ROWS // 100][name]
            print(
                f"{name:30} {few:8.1f} ms {shown:4} shown {value:8.1f} ms {found:4} shown {value / few:8.1f}"
            )


def test_of_a_square_no_more_is_read_than_is_counted():
    assert len(cover(read_box("-180,-90,180,90"))) * SEEN <= 256_000
