"""What the short way reads comes from indexes: a page of history by (conversation, seq), however little else there is to
choose from; newest messages by their key, and only months that hold one.
"""

from uuid import UUID

import pytest

from messaging.queries.messages import young_floor
from tests.messaging.actors import Actor, actor
from tests.messaging.lines import owner
from tests.plans.test_plans import ROWS, fill
from tests.plans.watching import Watched, watch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]
#: The generic plan is made the first time and kept.
TIMES = 3


def pages(reader: Actor, room: UUID) -> Watched:
    """The latest page, one of the middle, one upwards; and the quotes of ten messages."""
    young, middle = young_floor(), ROWS // 20
    own = owner("SELECT id FROM participant WHERE conversation_id = %s AND user_id = %s", room, reader.id)[
        0
    ].id
    statements = [
        f"SELECT * FROM history_page('{room}', NULL, NULL, 50, '{young}')",
        f"SELECT * FROM history_page('{room}', {middle}, NULL, 50, '{young}')",
        f"SELECT * FROM history_page('{room}', NULL, {middle}, 50, '{young}')",
        f"SELECT * FROM history_quotes('{room}', '{own}', 1, ARRAY[1, 2, 3, {middle}, 7, 8, 9, 10, 11, 12], '{young}')",
    ]
    return watch("prayermap_member", reader.id, statements * TIMES)


@pytest.mark.parametrize("is_alone", [False, True])
def test_a_page_is_read_by_its_numbers(is_alone):
    """Where there is one conversation only, ids are as selective as seqs for all that a generic plan knows."""
    reader, writer = actor("Reader"), actor("Writer")
    fill(reader, writer)
    (room,) = owner("SELECT id FROM conversation WHERE title = 'C1'")[0]
    if is_alone:
        owner("DELETE FROM message WHERE conversation_id <> %s", room)
        owner("DELETE FROM participant WHERE conversation_id <> %s", room)
        owner("DELETE FROM conversation WHERE id <> %s", room)
        owner("ANALYZE")
    used = {
        (node.kind, node.index.rpartition("_20")[0])
        for node in pages(reader, room).nodes
        if node.relation.startswith("message_2")
    }
    assert used == {("Index Scan", "message_conversation_seq")}


def test_the_list_of_conversations_is_read_by_keys():
    reader, writer = actor("Reader"), actor("Writer")
    fill(reader, writer)
    own = owner(
        "SELECT p.id, c.id AS room, c.latest_message_id AS newest FROM participant p JOIN conversation c ON c.id = p.conversation_id"
        " WHERE p.user_id = %s AND p.state = 'active' AND c.latest_message_id IS NOT NULL ORDER BY c.id LIMIT 20",
        reader.id,
    )
    members, rooms, newest = ("{" + ",".join(str(row[n]) for row in own) + "}" for n in range(3))
    ones = "{" + ",".join("1" for _ in own) + "}"
    statements = [
        "SELECT * FROM my_conversations(NULL, NULL, false, NULL, NULL, 0, 21)",
        f"SELECT * FROM first_members('{rooms}', 10)",
        f"SELECT * FROM unread_counts('{rooms}')",
        f"SELECT * FROM latest_messages('{members}', '{newest}', '{ones}', '{young_floor()}')",
    ]
    nodes = watch("prayermap_member", reader.id, statements * TIMES).nodes
    assert len(own) == 20
    sizes = {
        row.name: row.rows for row in owner("SELECT relname::text AS name, reltuples AS rows FROM pg_class")
    }
    large = {name for name, rows in sizes.items() if rows > 1_000}
    assert [node for node in nodes if node.kind == "Seq Scan" and node.relation in large] == []
    messages = [node for node in nodes if node.relation.startswith("message_2")]
    by_key = [node for node in messages if "pkey" in node.index]
    assert {node.index.rpartition("_20")[0] for node in messages if node not in by_key} <= {
        "message_conversation_seq"
    }
    assert by_key
    assert [node for node in by_key if "(id = " not in node.condition] == []
    members = [node for node in nodes if node.relation == "participant" and node.index == "participant_once"]
    assert [node for node in members if "user_id" not in node.condition] == []
    assert ("Index Scan", "participant_first") in {(node.kind, node.index) for node in nodes}
