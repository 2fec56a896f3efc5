"""Both schemas of `bench.room_on_disk` hold the same messages and the same readings, or their bytes compare nothing."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.messaging.actors import actor
from tests.messaging.lines import line

pytestmark = pytest.mark.django_db(transaction=True)
BENCH = Path(__file__).parents[2] / "bench"


@pytest.mark.parametrize(("most", "messages", "readings"), [(None, 5, 7), (2, 3, 3)])
def test_both_hold_every_message_and_every_reading(most, messages, readings):
    ruth, amos, lydia = actor("Ruth"), actor("Amos"), actor("Lydia")
    for room, texts in ((ruth.direct(amos), 3), (ruth.group(amos, lydia), 2)):
        for number in range(texts):
            ruth.say(room, f"Peace {number}")
    with line("owner") as connection:
        try:
            connection.execute((BENCH / "seed_schema.sql").read_text())
            text = (BENCH / "room_on_disk.sql").read_text()
            psycopg.ClientCursor(connection).execute(text, {"most": most})
            ours = connection.execute("SELECT id, content, created_at FROM written ORDER BY id").fetchall()
            seed = connection.execute(
                "SELECT id, content, created_at FROM seed.message ORDER BY id"
            ).fetchall()
            assert len(ours) == messages
            assert [tuple(row) for row in seed] == [tuple(row) for row in ours]
            counts = connection.execute(
                "SELECT (SELECT count(*) FROM delivery_status) AS ours, (SELECT count(*) FROM seed.delivery) AS rows,"
                " (SELECT sum(cardinality(delivered_to)) FROM seed.message) AS reached,"
                " (SELECT sum((SELECT count(*) FROM jsonb_object_keys(read_by))) FROM seed.message) AS read"
            ).fetchone()
            assert counts is not None
            assert tuple(map(int, counts)) == (readings,) * 4
        finally:
            connection.execute("DROP SCHEMA IF EXISTS seed CASCADE")
