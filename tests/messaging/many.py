"""Many messages at once, made below the server."""

from tests.messaging.lines import owner


def many_messages(room, author, count):
    """Texts 1 to `count` of this member, as if the conversation had begun with them."""
    owner(
        "INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, mentions, state,"
        " created_at) SELECT (left(uuid7_floor(now())::text, 24) || lpad(to_hex(n), 12, '0'))::uuid, %s, n, n + 9, %s,"
        " false, 'text', 'hi', '{}', 'live', now() FROM generate_series(1, %s) n",
        room,
        author,
        count,
    )
    owner("UPDATE conversation SET latest_seq = %s, rev = %s WHERE id = %s", count, count + 9, room)
