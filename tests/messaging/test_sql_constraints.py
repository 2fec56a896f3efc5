"""What PostgreSQL refuses whoever writes it; each constraint by a row that breaks it alone."""

from uuid import uuid4

import psycopg
import pytest

from prayermap.lib.ids import uuid7
from tests.messaging.lines import line, owner

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = {
    "seq": 2, "rev": 9, "is_anonymous": False, "type": "text", "content": "hello", "payload": None,
    "attachment_id": None, "reply_to_seq": None, "mentions": [], "state": "live", "edited_at": None,
    "request_digest": None, "created_at": "2026-11-24T00:00:00Z",
}  # fmt: skip
ATTACHED = {"content": None, "attachment_id": str(uuid4())}


@pytest.fixture
def room(ruth, amos):
    return ruth.group(amos)


@pytest.fixture
def insert(room, ruth):
    """Write one message as the owner, who is held by constraints alone."""
    sender = ruth.member_id(room)

    def write(**columns):
        row = {"id": uuid7(), "conversation_id": room, "sender_id": sender} | MESSAGE | columns
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        with line("owner") as connection:
            connection.execute(f"INSERT INTO message ({names}) VALUES ({marks})", list(row.values()))

    return write


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"content": "\U0001f64f" * 10_000},
        {"type": "image"} | ATTACHED,
        {"type": "audio", "attachment_id": str(uuid4()), "content": "  "},
        {"type": "video"} | ATTACHED,
        {"type": "location", "content": None, "payload": '{"latitude": 1, "longitude": 2}'},
        {"type": "prayer_card"},
        {"type": "prayer_card", "content": None, "payload": '{"prayer": "x"}'},
        {"type": "prayer_update", "payload": '{"is_answered": true}'},
        {"type": "bible_verse", "payload": '{"reference": "John 3:16"}'},
        {"state": "deleted", "content": None},
        {"state": "erased", "content": None, "sender_id": None},
        {"state": "hidden"},
        {"sender_id": None, "is_anonymous": True},
        {"edited_at": "2026-11-24T00:10:00Z"},
        {"reply_to_seq": 1},
    ],
)
def test_a_message_that_may_be_is_stored(insert, columns):
    insert(**columns)
    assert len(owner("SELECT 1 FROM message")) == 1


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("message_numbers", {"seq": 0}),
        ("message_numbers", {"rev": 1}),
        ("message_type", {"type": "poem"}),
        ("message_state", {"state": "asleep"}),
        ("message_content_length", {"content": "x" * 10_001}),
        ("message_payload_size", {"type": "location", "payload": "[]"}),
        ("message_payload_size", {"type": "location", "payload": '{"label": "%s"}' % ("x" * 4_096)}),
        ("message_mentions_count", {"mentions": [uuid4() for _ in range(101)]}),
        ("message_reply_earlier", {"reply_to_seq": 2}),
        ("message_reply_earlier", {"reply_to_seq": 0}),
        ("message_edited_later", {"edited_at": "2026-11-23T00:00:00Z"}),
        ("message_sender", {"sender_id": None}),
        ("message_tombstone", {"state": "deleted"}),
        ("message_tombstone", {"state": "deleted", "content": None, "request_digest": "x"}),
        ("message_tombstone", {"state": "erased", "content": None, "reply_to_seq": 1}),
        ("message_tombstone", {"state": "erased", "content": None, "mentions": [uuid4()]}),
        ("message_parts", {"content": None}),
        ("message_parts", {"payload": "{}"}),
        ("message_parts", {"attachment_id": uuid4()}),
        ("message_parts", {"type": "image"}),
        ("message_parts", {"type": "audio", "content": None}),
        ("message_parts", {"type": "video", "payload": "{}"} | ATTACHED),
        ("message_parts", {"type": "location"}),
        ("message_parts", {"type": "location", "payload": "{}"} | ATTACHED),
        ("message_parts", {"type": "prayer_card", "content": None}),
        ("message_parts", {"type": "prayer_update"}),
        ("message_parts", {"type": "prayer_update", "content": None, "payload": "{}"}),
        ("message_parts", {"type": "bible_verse"}),
        ("message_visible", {"content": " \u200b\u3000"}),
        ("message_visible", {"type": "bible_verse", "content": " ", "payload": "{}"}),
    ],
)
def test_a_message_that_may_not_be_is_refused_by_name(insert, name, columns):
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        insert(**columns)
    assert refused.value.diag.constraint_name == name


def test_a_number_stands_once_in_a_month(insert):
    insert()
    with pytest.raises(psycopg.errors.UniqueViolation, match="message_conversation_seq_"):
        insert()


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("conversation_kind", "UPDATE conversation SET kind = 'party'"),
        ("conversation_counters", "UPDATE conversation SET latest_seq = rev + 1"),
        ("conversation_counters", "UPDATE conversation SET settings_rev = rev + 1"),
        ("conversation_counters", "UPDATE conversation SET epoch = 0"),
        ("conversation_counts", "UPDATE conversation SET active_count = member_count + 1"),
        ("conversation_title_length", "UPDATE conversation SET title = repeat('x', 101)"),
        ("conversation_description_length", "UPDATE conversation SET description = repeat('x', 2001)"),
        ("participant_role", "UPDATE participant SET role = 'king'"),
        ("participant_state", "UPDATE participant SET state = 'asleep'"),
        ("participant_level", "UPDATE participant SET notification_level = 'some'"),
        ("participant_marks", "UPDATE participant SET read_seq = 1, delivered_seq = 0"),
        ("participant_marks", "UPDATE participant SET visible_from_seq = 0"),
        (
            "participant_once",
            (
                "INSERT INTO participant SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid()))).*"
                " FROM participant p"
            ),
        ),
        (
            "delivery_status_order",
            (
                "INSERT INTO delivery_status (message_id, participant_id, delivered_at, read_at, device_info)"
                " VALUES (uuid7_floor(now()), gen_random_uuid(), now(), now() - interval '1 second', '{}')"
            ),
        ),
        (
            "direct_pair_ordered",
            (
                "INSERT INTO direct_pair (conversation_id, low, high, anonymous)"
                " SELECT id, gen_random_uuid(), uuid7_floor('1970-01-01'), gen_random_uuid() FROM conversation"
            ),
        ),
    ],
)
def test_every_other_table_refuses_what_may_not_be(room, name, statement):
    with line("owner") as connection, pytest.raises(psycopg.errors.IntegrityError) as refused:
        connection.execute(statement)
    assert refused.value.diag.constraint_name == name


def test_one_pair_has_one_conversation(ruth, amos):
    room = ruth.direct(amos)
    statement = (
        "INSERT INTO direct_pair SELECT %s, low, high, anonymous FROM direct_pair WHERE conversation_id = %s"
    )
    with line("owner") as connection, pytest.raises(psycopg.errors.UniqueViolation, match="direct_pair_once"):
        connection.execute(statement, [ruth.group(), room])
