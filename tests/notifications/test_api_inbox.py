"""The inbox over REST: one row for each person, conversation and kind; what it is about is asked when it is read."""

from uuid import uuid4

import pytest

from tests.messaging.actors import actor
from tests.notifications.looking import inbox, kinds, one, reads, unread

pytestmark = pytest.mark.django_db


def test_messages_of_a_conversation_are_one_notification_with_its_count(ruth, amos):
    room = ruth.direct(amos)
    for text in ("Peace", "to you", "Amos"):
        ruth.say(room, text)
    row = one(amos, "message_received")
    assert row.pop("id")
    assert row.pop("created_at") == row.pop("updated_at")
    assert row == {
        "kind": "message_received", "subject": room, "conversation": room, "prayer": None, "seq": 1, "count": 3,
        "title": "Ruth", "sender_name": "Ruth", "preview": "Amos", "read_at": None,
    }  # fmt: skip
    assert (unread(amos), inbox(ruth)) == (1, [])


def test_group_is_named_by_its_title_and_the_sender_beside_it(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    amos.say(room, "Good evening")
    row = one(lydia, "message_received")
    assert (row["title"], row["sender_name"], row["preview"]) == ("Evening", "Amos", "Good evening")


def test_mention_is_told_beside_the_messages(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    ruth.say(room, "for all")
    ruth.say(room, "for Amos", mentions=[amos.member_id(room)])
    ruth.say(room, "for all again")
    assert (kinds(amos), kinds(lydia)) == (["mention", "message_received"], ["message_received"])
    row = one(amos, "mention")
    assert (row["count"], row["preview"], row["seq"]) == (1, "for Amos", 2)
    assert one(amos, "message_received")["preview"] == "for all again"


def test_anonymous_sender_is_someone(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    ruth.say(room, "from the heart", is_anonymous=True)
    row = one(amos, "message_received")
    assert (row["sender_name"], row["preview"]) == ("Someone", "from the heart")
    assert ruth.name not in str(row)


def test_anonymous_member_is_someone_in_title_and_name(ruth, amos):
    body = {"kind": "direct_message", "members": [amos.id], "is_anonymous": True}
    room = ruth.ok("POST", "conversations/", body)["id"]
    assert (one(amos, "message_request")["title"], one(amos, "message_request")["sender_name"]) == (
        "Someone",
        "Someone",
    )
    amos.ok("POST", f"conversations/{room}/accept/")
    ruth.say(room, "hello")
    row = one(amos, "message_received")
    assert (row["title"], row["sender_name"]) == ("Someone", "Someone")
    assert ruth.name not in str(inbox(amos))
    assert ruth.id not in str(inbox(amos))


def test_preview_is_gone_with_the_membership(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    ruth.say(room, "only for members")
    ruth.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")
    assert kinds(amos) == []
    (row,) = [row for row in inbox(amos) if row["kind"] == "message_received"]
    assert (row["title"], row["sender_name"], row["preview"]) == (None, None, None)
    assert row["read_at"] is not None


def test_nobody_is_told_of_themselves_nor_of_whom_they_blocked(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    amos.blocks(ruth)
    ruth.say(room, "to two")
    assert (kinds(ruth), kinds(amos), kinds(lydia)) == ([], [], ["message_received"])


@pytest.mark.parametrize(
    ("settings_", "told"),
    [
        ({"notification_level": "mentions"}, ["mention"]),
        ({"notification_level": "none"}, []),
        ({"muted_until": "2099-01-01T00:00:00Z"}, ["mention"]),
        ({"muted_until": "2020-01-01T00:00:00Z"}, ["mention", "message_received"]),
    ],
)
def test_level_and_mute_of_a_conversation_decide_what_is_told(ruth, amos, settings_, told):
    room = ruth.group(amos)
    amos.ok("PATCH", f"conversations/{room}/me/", settings_)
    ruth.say(room, "plain")
    ruth.say(room, "named", mentions=[amos.member_id(room)])
    assert kinds(amos) == told


def test_reading_one_closes_it_and_the_next_message_opens_it_again(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room, "one")
    row = one(amos, "message_received")
    assert amos.ok("POST", f"notifications/{row['id']}/read/") == {"ids": [row["id"]], "unread_count": 0}
    assert amos.ok("POST", f"notifications/{row['id']}/read/") == {"ids": [], "unread_count": 0}
    assert amos.see(room)["unread_count"] == 1
    ruth.say(room, "two")
    again = one(amos, "message_received")
    assert (again["id"], again["count"], again["read_at"]) == (row["id"], 2, None)


def test_read_all_takes_one_conversation_or_everything(ruth, amos, lydia):
    first, second = ruth.direct(amos), lydia.direct(amos)
    ruth.say(first)
    lydia.say(second)
    assert amos.ok("POST", "notifications/read-all/", {"conversation": first})["unread_count"] == 1
    assert [row["conversation"] for row in inbox(amos, "?unread=true")] == [second]
    assert len(amos.ok("POST", "notifications/read-all/", {})["ids"]) == 1
    assert amos.ok("POST", "notifications/read-all/") == {"ids": [], "unread_count": 0}
    ruth.say(first, "again")
    assert kinds(amos) == ["message_received"]


def test_list_is_newest_first_and_pages(amos):
    friends = [actor(f"Writer {number}") for number in range(3)]
    own = [friend.direct(amos) for friend in friends]
    for friend, room in zip(friends, own, strict=True):
        friend.say(room)
    page = amos.ok("GET", "notifications/?unread=true&limit=2")
    assert [row["conversation"] for row in page["results"]] == [own[2], own[1]]
    rest = amos.ok("GET", page["next"])
    assert ([row["conversation"] for row in rest["results"]], rest["next"]) == ([own[0]], None)


def test_unread_filter_shows_the_others_too(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room)
    reads(amos, room, 1)
    assert inbox(amos, "?unread=true") == []
    assert "message_received" in [row["kind"] for row in inbox(amos, "?unread=false")]


def test_bad_questions_are_refused(ruth):
    assert ruth.get("notifications/?unread=yes").fields == ["unread"]
    assert ruth.get("notifications/?cursor=nonsense").fields == ["cursor"]
    assert ruth.get("notifications/?limit=0").fields == ["limit"]
    assert ruth.post("notifications/read-all/", {"conversation": "x"}).fields == ["conversation"]
    assert ruth.post("notifications/read-all/", {"prayer": str(uuid4())}).refusal == (400, "invalid")


def test_anothers_notification_is_not_found(ruth, amos, lydia):
    room = ruth.direct(amos)
    ruth.say(room)
    row = one(amos, "message_received")
    assert lydia.post(f"notifications/{row['id']}/read/").refusal == (404, "not_found")
    assert lydia.post(f"notifications/{uuid4()}/read/").refusal == (404, "not_found")
    assert unread(amos) == 1
