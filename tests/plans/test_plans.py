"""No hot path reads a month of messages from end to end. PLAN_ROWS=1000000 asks the same of a million."""

import os
from collections import Counter
from pathlib import Path
from uuid import UUID

import msgspec
import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.schemas.messages import SendMessage
from messaging.services.sending import send_request
from tests.messaging.actors import Actor, actor
from tests.messaging.lines import line, owner
from tests.plans.watching import Watched, watch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]
ROWS = int(os.environ.get("PLAN_ROWS", "20000"))
#: Smaller tables are read at once, rightly.
SMALL = 1_000


def fill(reader: Actor, writer: Actor, *, is_analysed: bool = True) -> None:
    text = Path(__file__).with_name("filling.sql").read_text()
    with line("owner") as held:
        cursor = psycopg.ClientCursor(held)  # several statements at once, with their parameters
        cursor.execute(text, {"reader": reader.id, "writer": writer.id, "rows": ROWS})
        if is_analysed:
            held.execute("ANALYZE")


def paths(room: str) -> dict[str, tuple[str, str, object]]:
    history = f"conversations/{room}/messages/"
    middle = ROWS // 20
    return {
        "history, latest": ("GET", history, None),
        "history, middle": ("GET", f"{history}?before={middle}", None),
        "history, after": ("GET", f"{history}?after={middle}", None),
        "history, around": ("GET", f"{history}?around={middle}", None),
        "50 conversations": ("GET", "conversations/", None),
        "sync": ("POST", "sync/", {}),
        "changes": ("GET", f"conversations/{room}/changes/?after_rev={ROWS // 10 - 30}", None),
        "send": ("POST", history, {"type": "text", "content": "Peace"}),
        "receipt": ("POST", f"conversations/{room}/receipts/", {"read": ROWS // 10 - 5}),
    }


def watched(reader: Actor, writer: Actor) -> dict[str, Watched]:
    """Statements of requests, caught and run again below Django; batches as the sockets' writer sends them."""
    (room,) = owner("SELECT id::text FROM conversation WHERE title = 'C1'")[0]
    seen = {}
    for name, (method, path, body) in paths(room).items():
        with CaptureQueriesContext(connection) as caught:
            reader.ok(method, path, body)
        acted = [
            query["sql"]
            for query in caught
            if query["sql"].lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE"))
        ]
        acted = [
            statement
            for statement in acted
            if not any(word in statement for word in ("accounts_session", "live_session", "set_config"))
        ]
        seen[name] = watch("prayermap_member", reader.id, acted)
    full = owner("SELECT id, latest_seq FROM conversation WHERE latest_seq > 20 ORDER BY title LIMIT 50")
    rooms = [row.id for row in full]
    sends = [send_request(author=writer.user.pk, conversation_id=UUID(str(id_)), body=SendMessage("text", content="Peace"), ord_=n)
             for n, id_ in enumerate(rooms)]  # fmt: skip
    marks = [
        {"ord": n, "author": writer.id, "conversation": str(row.id), "read": row.latest_seq}
        for n, row in enumerate(full)
    ]
    for function, batch in (("send_messages", sends), ("mark_receipts", marks)):
        raw = msgspec.json.encode(batch, enc_hook=str).decode().replace("'", "''")
        seen[f"{function}, 50"] = watch("prayermap_writer", "", [f"SELECT * FROM {function}('{raw}')"])
    return seen


def test_no_hot_path_reads_a_whole_month():
    reader, writer = actor("Reader"), actor("Writer")
    fill(reader, writer)
    seen = watched(reader, writer)
    sizes = {
        row.name: row.rows for row in owner("SELECT relname::text AS name, reltuples AS rows FROM pg_class")
    }
    if ROWS > 20_000:
        report(seen)
    scans = [(name, node.relation) for name, found in seen.items() for node in found.nodes
             if node.kind == "Seq Scan" and node.relation.startswith(("message_", "delivery_status_"))
             and sizes.get(node.relation, 0) > SMALL]  # fmt: skip
    assert all(found.nodes for found in seen.values())
    assert scans == []
    # An index that is read from end to end, for its order, is no better: as PostgreSQL does where it may not sort.
    long = [(name, node) for name, found in seen.items() for node in found.nodes
            if sizes.get(node.relation, 0) > SMALL and node.rows > SMALL]  # fmt: skip
    assert long == []


def test_the_messages_of_a_person_come_from_an_index():
    """As erasure asks for them: by each of their memberships, a batch at a time."""
    reader, writer = actor("Reader"), actor("Writer")
    fill(reader, writer)
    (member,) = owner(
        "SELECT p.id::text FROM participant p JOIN conversation c ON c.id = p.conversation_id"
        " WHERE c.title = 'C1' AND p.user_id = %s",
        writer.id,
    )[0]
    found = watch("prayermap_owner", "", [f"SELECT * FROM erase_written('{member}', false, 0, 200)"])
    read = [node for node in found.nodes if node.relation.startswith("message_")]
    assert any("sender" in node.index for node in read)
    assert [node for node in read if node.kind == "Seq Scan"] == []


def report(seen: dict[str, Watched]) -> None:
    for name, found in seen.items():
        print(f"\n{name}: {found.milliseconds:.1f} ms with auto_explain")
        for node, count in Counter(found.nodes).most_common():
            if node.relation or node.index:
                print(f"  {count:4} {node.kind} {node.relation} {node.index}")
