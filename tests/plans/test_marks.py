"""Marks read the messages that they cover by their numbers, before anybody has analysed the month as after."""

import json

import pytest

from tests.messaging.actors import actor
from tests.messaging.lines import owner
from tests.messaging.many import many_messages
from tests.plans.watching import watch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
#: PL/pgSQL plans anew five times and may then keep a generic plan.
TIMES = 7


@pytest.mark.parametrize("is_analysed", [False, True])
@pytest.mark.parametrize("mark", ["read", "delivered"])
def test_marks_read_messages_by_their_numbers(mark, is_analysed):
    ruth, amos, lydia = (actor() for _ in range(3))
    room = ruth.group(amos, lydia)
    many_messages(room, ruth.member_id(room), 300)
    if is_analysed:
        owner("ANALYZE message")
    statements = [
        f"SELECT * FROM mark_receipts('{json.dumps([wanted(person, room, mark, 10 * turn) for person in (amos, lydia)])}')"
        for turn in range(1, TIMES + 1)
    ]
    found = watch("prayermap_writer", "", statements)
    used = {node.index.rpartition("_20")[0] for node in found.nodes if node.relation.startswith("message_2")}
    assert used == {"message_conversation_seq"}


def wanted(person, room, mark, seq):
    return {"ord": 1, "author": person.id, "conversation": room, mark: seq, "device": {}}
