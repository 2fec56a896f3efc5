"""One's own conversations: order, filters, counts."""

from uuid import uuid4

import pytest

from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def test_the_list_has_the_latest_activity_first_and_pages(ruth, amos):
    rooms = [ruth.group(amos, title=str(number)) for number in range(5)]
    ruth.say(rooms[1])
    expected = [rooms[1], rooms[4], rooms[3], rooms[2], rooms[0]]
    seen, path, back = [], "conversations/?limit=2", None
    while path:
        page = ruth.ok("GET", path)
        seen += [row["id"] for row in page["results"]]
        path, back = page["next"], page["previous"]
    assert seen == expected
    assert [row["id"] for row in ruth.ok("GET", back)["results"]] == expected[2:4]
    assert ruth.ok("GET", "conversations/")["results"][0] == ruth.see(rooms[1])


def test_the_list_is_filtered(ruth, amos, lydia):
    group, direct, archived = ruth.group(), ruth.direct(amos), ruth.group(title="Old")
    invited = lydia.group(ruth, accepted=False)
    ruth.ok("PATCH", f"conversations/{archived}/me/", {"archived": True})
    found = {
        "kind=direct_message": [direct],
        "kind=prayer_support": [],
        "state=invited": [invited],
        "archived=true": [archived],
        "archived=false&kind=group_prayer&state=active": [group],
        f"prayer={uuid4()}": [],
    }
    for query, expected in found.items():
        results = ruth.ok("GET", f"conversations/?{query}")["results"]
        assert [row["id"] for row in results] == expected, query


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=party", "kind"),
        ("kind=%00", "kind"),
        ("state=asleep", "state"),
        ("archived=1", "archived"),
        ("prayer=x", "prayer"),
        ("prayer=%00", "prayer"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=-1", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=cD14", "cursor"),  # p=x
        ("cursor=cD0yMDk5OTk5OTk=", "cursor"),  # p=209999999
    ],
)
def test_a_filter_that_cannot_be_is_400(ruth, query, field):
    answer = ruth.get(f"conversations/?{query}")
    assert (answer.refusal, answer.fields) == ((400, "invalid"), [field])


def test_latest_message_and_counts_follow_what_one_may_see(ruth, amos):
    room = ruth.direct(amos)
    mine = amos.member_id(room)
    sent = ruth.say(room, "x" * 150, mentions=[mine])
    seen = amos.see(room)
    latest = {"preview": "x" * 100, "sender": sent["sender"], "sender_name": "Ruth", "type": "text"}
    assert seen["latest_message"] == latest | {"created_at": sent["created_at"]}
    assert (seen["latest_seq"], seen["unread_count"], seen["mention_count"]) == (1, 1, 1)
    assert ruth.see(room)["unread_count"] == 0
    amos.ok("POST", f"conversations/{room}/receipts/", {"read": 1})
    seen = amos.see(room)
    assert (seen["unread_count"], seen["mention_count"]) == (0, 0)


def test_invited_people_see_the_conversation_without_its_messages(ruth, amos):
    room = ruth.group(amos, accepted=False)
    ruth.say(room, "inside")
    seen = amos.see(room)
    assert (seen["my_member"]["state"], seen["latest_message"], seen["unread_count"]) == ("invited", None, 0)


@committed
def test_unread_is_exact_to_999_and_without_ones_own_and_deleted(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    owner(
        "INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, mentions, state,"
        " created_at) SELECT (left(uuid7_floor(now())::text, 24) || lpad(to_hex(n), 12, '0'))::uuid, %s, n, n + 9, %s,"
        " false, 'text', 'hi', '{}', 'live', now() FROM generate_series(1, 1200) n",
        room,
        ruth.member_id(room),
    )
    owner("UPDATE conversation SET latest_seq = 1200, rev = 1209 WHERE id = %s", room)
    assert (amos.see(room)["unread_count"], ruth.see(room)["unread_count"]) == (999, 0)
    amos.ok("POST", f"conversations/{room}/receipts/", {"read": 300})
    assert amos.see(room)["unread_count"] == 900
    owner(
        "UPDATE message SET state = 'deleted', content = NULL WHERE conversation_id = %s AND seq > 1100", room
    )
    assert amos.see(room)["unread_count"] == 800
    lydia.say(room, "hidden", is_anonymous=True)
    assert amos.see(room)["unread_count"] == 801
    assert lydia.see(room)["unread_count"] == 999
    lydia.ok("POST", f"conversations/{room}/receipts/", {"read": 1199})
    assert lydia.see(room)["unread_count"] == 0  # 1200 is deleted, 1201 one's own


@committed
@pytest.mark.parametrize("old", [0, 1, 5, 6])
def test_unread_messages_of_a_year_ago_count(ruth, amos, old_months, old):
    """The months of today are asked alone only where they hold everything that came after what is read."""
    room = ruth.direct(amos)
    for number in range(1, 7):
        ruth.say(room, str(number))
    amos.say(room, "one's own")
    ruth.ok("DELETE", f"conversations/{room}/messages/3/?scope=all")
    amos.ok("DELETE", f"conversations/{room}/messages/4/?scope=me")
    owner(
        "UPDATE message SET id = (left(uuid7_floor(CASE WHEN seq < 4 THEN '2025-10-15' ELSE '2025-11-15' END::timestamptz)"
        "::text, 24) || lpad(to_hex(seq), 12, '0'))::uuid WHERE conversation_id = %s AND seq <= %s",
        room,
        old,
    )
    assert [person.see(room)["unread_count"] for person in (amos, ruth)] == [4, 1]
    assert amos.ok("POST", "sync/", {})["unread_total"] == 4
    amos.ok("POST", f"conversations/{room}/receipts/", {"read": 5})
    assert amos.see(room)["unread_count"] == 1
