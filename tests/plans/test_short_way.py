"""A page of history in one call reads by (conversation, seq), however little else there is to choose from."""

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
