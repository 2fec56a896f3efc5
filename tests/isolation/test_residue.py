"""A text that was deleted for all stands nowhere any more: tables, Valkey, files, logs."""

import logging
from io import StringIO

import pytest
from django.core.management import call_command

from moderation.privacy.scanning import find_words
from tests.messaging.actors import Actor, actor, new_id
from tests.messaging.lines import owner
from tests.moderation.privacy.test_residue import in_valkey, stored_files

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, SECOND = "tamarisk", "juniper"
WORDS = (FIRST, SECOND)


@pytest.fixture
def log(caplog):
    """Everything that is logged, at the finest level."""
    caplog.set_level(logging.DEBUG)
    return caplog


def hits() -> list[tuple[str, str]]:
    """(table, column) of every place in the database that holds one of the words."""
    return sorted({(hit.table, hit.column) for hit in find_words(WORDS)})


def live_with_it(ruth: Actor, amos: Actor, lydia: Actor) -> list[tuple[str, int]]:
    """Ruth's text goes every way there is; (conversation, seq) of each of her messages."""
    room, other = ruth.group(amos, lydia), ruth.group(amos)
    mentions = [amos.member_id(room)]
    sent = ruth.say(room, f"my {FIRST} secret", mentions=mentions, client_id=new_id())
    path = f"conversations/{room}/messages/{sent['seq']}/"
    amos.say(room, "I hear you", reply_to=sent["seq"])
    amos.ok("PUT", f"{path}reactions/🙏/")
    amos.ok("PUT", f"{path}star/")
    lydia.ok("PUT", f"{path}star/")
    ruth.ok("PUT", f"{path}pin/")
    ruth.ok("PATCH", path, {"content": f"my {SECOND} secret"})
    ruth.ok("POST", f"{path}forward/", {"to": [other]})
    later = {"conversation": room, "type": "text", "client_id": new_id(), "content": f"{FIRST} later"}
    queued = ruth.ok("POST", "queue/", {"device_id": "telephone", "items": [later, later | _at_once(room)]})
    call_command("process_queue", once=True, stdout=StringIO())
    call_command("deliver_notifications", once=True, stdout=StringIO())
    for reader in (ruth, amos, lydia):
        reader.ok("GET", f"messages/search/?q={SECOND}")
        reader.ok("GET", "notifications/")
        reader.ok("GET", "conversations/")
        reader.ok("GET", f"conversations/{room}/messages/")
    assert len(queued["items"]) == 2
    return [(conversation, row.seq) for conversation in (room, other) for row in owner(
        "SELECT m.seq FROM message m JOIN participant p ON p.id = m.sender_id WHERE m.conversation_id = %s"
        " AND p.user_id = %s ORDER BY 1", conversation, ruth.id)]  # fmt: skip


def _at_once(room: str) -> dict[str, str]:
    return {"client_id": new_id(), "content": f"{SECOND} queued", "conversation": room}


def test_a_deleted_text_is_nowhere(ruth, amos, lydia, valkey, log):
    told = live_with_it(ruth, amos, lydia)
    assert len(told) == 4  # said, queued, queued, forwarded
    assert {("message", "content"), ("message_revision", "content")} <= set(hits())
    for conversation, seq in told:
        ruth.ok("DELETE", f"conversations/{conversation}/messages/{seq}/?scope=all")
    for reader in (ruth, amos, lydia):
        assert reader.ok("GET", f"messages/search/?q={SECOND}")["results"] == []
        for conversation, seq in told:
            if reader is not lydia or conversation == told[0][0]:
                shown = reader.ok("GET", f"conversations/{conversation}/messages/{seq}/")
                assert (shown["state"], shown["content"], shown["reactions"]) == ("deleted", None, [])
    quotes = [
        message["reply_to"]["preview"]
        for message in amos.ok("GET", f"conversations/{told[0][0]}/messages/")["results"]
        if message["reply_to"]
    ]
    assert quotes == [None]
    assert hits() == []
    assert [raw for raw in stored_files() if any(word.encode() in raw for word in WORDS)] == []
    assert in_valkey(valkey, *(word.encode() for word in WORDS)) == []
    assert [
        record.getMessage() for record in log.records if any(w in record.getMessage() for w in WORDS)
    ] == []


@pytest.fixture
def ruth(transactional_db) -> Actor:
    return actor("Ruth")


@pytest.fixture
def amos(transactional_db) -> Actor:
    return actor("Amos")


@pytest.fixture
def lydia(transactional_db) -> Actor:
    return actor("Lydia")
