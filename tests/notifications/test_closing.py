"""Notifications end when there is nothing left to tell: read on any device, taken back, left."""

from uuid import UUID

import pytest
from django.db import transaction

from messaging.services.notices import settle_notifications
from messaging.services.telling import publish_updated
from tests.messaging.lines import owner
from tests.notifications.looking import inbox, is_notified, kinds, one, reads, rows, unread, wants

pytestmark = pytest.mark.django_db(transaction=True)


def test_reading_to_the_end_closes_messages_and_mentions(ruth, amos):
    room = ruth.group(amos)
    ruth.say(room, "named", mentions=[amos.member_id(room)])
    ruth.say(room, "plain")
    reads(amos, room, 2)
    assert (kinds(amos), unread(amos), is_notified(amos, room)) == ([], 0, False)


def test_reading_in_part_keeps_open_what_is_left(ruth, amos):
    room = ruth.group(amos)
    ruth.say(room, "named", mentions=[amos.member_id(room)])
    ruth.say(room, "plain")
    reads(amos, room, 1)
    assert kinds(amos) == ["message_received"]
    row = one(amos, "message_received")
    assert (row["count"], row["seq"], row["preview"]) == (1, 2, "plain")
    assert is_notified(amos, room)


def test_ones_own_message_above_the_mark_is_nothing_unread(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    ruth.say(room, "one")
    amos.say(room, "mine")
    amos.say(room, "mine too", is_anonymous=True)
    reads(amos, room, 1)
    assert kinds(amos) == []


def test_message_after_the_mark_opens_anew(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room, "one")
    reads(amos, room, 1)
    ruth.say(room, "two")
    row = one(amos, "message_received")
    assert (row["count"], row["seq"], row["read_at"]) == (1, 2, None)
    assert len(rows(amos)) == 2  # with the invitation


def test_writing_without_having_read_closes_nothing(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room, "one")
    amos.say(room, "two")
    assert kinds(amos) == ["message_received"]


def test_receipt_repeated_changes_nothing(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room, "one")
    reads(amos, room, 1)
    before = rows(amos)
    reads(amos, room, 1)
    assert rows(amos) == before


def test_what_was_put_back_among_the_unread_ends_with_the_next_read_mark(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room, "one")
    reads(amos, room, 1)
    owner("UPDATE participant SET marked_unread_at = now() WHERE user_id = %s", amos.id)
    amos.ok("POST", f"conversations/{room}/receipts/", {"delivered": 1})
    assert owner("SELECT 1 FROM participant WHERE user_id = %s AND marked_unread_at IS NOT NULL", amos.id)
    reads(amos, room, 1)
    assert not owner("SELECT 1 FROM participant WHERE user_id = %s AND marked_unread_at IS NOT NULL", amos.id)


def gone(room: str, seq: int) -> None:
    """As a deletion leaves it."""
    owner(
        "UPDATE message SET state = 'deleted', content = NULL, mentions = '{}', request_digest = NULL"
        " WHERE conversation_id = %s AND seq = %s",
        room,
        seq,
    )
    with transaction.atomic(using="owner"):
        settle_notifications([UUID(room)], using="owner")


def test_deleted_message_is_taken_back_from_those_who_had_nothing_else(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    ruth.say(room, "one")
    reads(lydia, room, 1)
    ruth.say(room, "two", mentions=[amos.member_id(room)])
    gone(room, 2)
    assert (kinds(amos), kinds(lydia)) == (["message_received"], [])
    assert (is_notified(amos, room), is_notified(lydia, room)) == (True, False)
    assert one(amos, "message_received")["preview"] == "one"
    gone(room, 1)
    assert kinds(amos) == []


def test_message_that_its_author_deletes_is_taken_back(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room, "one")
    ruth.ok("DELETE", f"conversations/{room}/messages/1/?scope=all")
    assert (kinds(amos), is_notified(amos, room)) == ([], False)


def test_message_that_is_hidden_by_a_moderator_is_taken_back(ruth, amos):
    room = ruth.direct(amos)
    message = ruth.say(room, "one")
    owner("UPDATE message SET state = 'hidden', rev = rev + 1 WHERE conversation_id = %s", room)
    with transaction.atomic():
        publish_updated([UUID(message["id"])])
    assert kinds(amos) == []


def test_disappeared_message_is_nothing_unread(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room, "one")
    owner("UPDATE message SET expires_at = now() - interval '1 second'")
    with transaction.atomic(using="owner"):
        settle_notifications([UUID(room)], using="owner")
    assert kinds(amos) == []


# --- invitations ---------------------------------------------------------------------------------------
def test_stranger_is_a_request_and_an_acquaintance_an_invitation(ruth, amos, lydia):
    ruth.group(lydia)
    ruth.group(amos, lydia, accepted=False)
    assert (kinds(amos), kinds(lydia)) == (["message_request"], ["conversation_invite"])
    row = one(lydia, "conversation_invite")
    assert (row["title"], row["sender_name"], row["preview"], row["count"]) == ("Evening", "Ruth", None, 1)
    assert [bool(row.push_due_at) for row in rows(amos)] == [False]
    assert [bool(row.push_due_at) for row in rows(lydia) if row.read_at is None] == [True]


@pytest.mark.parametrize("step", ["accept", "decline"])
def test_answered_invitation_is_closed(ruth, amos, step):
    room = ruth.group(amos, accepted=False)
    assert kinds(amos) == ["message_request"]
    amos.ok("POST", f"conversations/{room}/{step}/")
    assert kinds(amos) == []


def test_invitation_that_is_withdrawn_is_closed(ruth, amos):
    room = ruth.group(amos, accepted=False)
    ruth.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")
    assert (kinds(amos), unread(amos)) == ([], 0)


def test_who_blocked_the_inviter_is_never_told(ruth, amos):
    amos.blocks(ruth)
    ruth.group(amos, accepted=False)
    assert inbox(amos) == []


def test_who_leaves_or_is_removed_is_told_no_more_and_comes_back_fresh(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    ruth.say(room, "for both", mentions=[amos.member_id(room)])
    amos.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")
    ruth.ok("DELETE", f"conversations/{room}/members/{lydia.member_id(room)}/")
    assert (unread(amos), unread(lydia)) == (0, 0)
    ruth.ok("POST", f"conversations/{room}/members/", {"user": amos.id})
    amos.ok("POST", f"conversations/{room}/accept/")
    ruth.say(room, "again")
    assert kinds(amos) == ["message_received"]


# --- read by others, for who wants to know ---------------------------------------------------------------
def test_readers_are_told_to_nobody_unless_asked_for(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room, "one")
    reads(amos, room, 1)
    assert rows(ruth) == []


def test_readers_are_one_row_with_a_count(ruth, amos, lydia):
    wants(ruth, "message_read")
    wants(ruth, "message_delivered")
    room = ruth.group(amos, lydia)
    ruth.say(room, "one")
    ruth.say(room, "two")
    amos.ok("POST", f"conversations/{room}/receipts/", {"delivered": 2})
    reads(amos, room, 1)
    reads(amos, room, 2)
    reads(amos, room, 2)
    reads(lydia, room, 2)
    assert {row.kind: row.count for row in rows(ruth)} == {"message_read": 4, "message_delivered": 4}
    row = one(ruth, "message_read")
    assert (row["title"], row["sender_name"], row["preview"], row["seq"]) == ("Evening", None, None, 1)


def test_who_shares_no_receipts_is_in_no_count(ruth, amos):
    wants(ruth, "message_read")
    room = ruth.direct(amos)
    amos.ok("PATCH", "me/", {"share_read_receipts": False})
    ruth.say(room, "one")
    reads(amos, room, 1)
    assert rows(ruth) == []


def test_who_reads_closes_what_told_them_of_readers(ruth, amos):
    wants(ruth, "message_read")
    room = ruth.direct(amos)
    ruth.say(room, "one")
    amos.say(room, "two")
    reads(amos, room, 2)
    assert kinds(ruth) == ["message_read", "message_received"]
    reads(ruth, room, 2)
    assert kinds(ruth) == []
