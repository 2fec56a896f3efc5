"""Deleting over REST: for all, a tombstone and nothing else; for oneself, out of one's own sight only."""

import pytest

from tests.messaging.actors import new_id
from tests.messaging.attaching import bare, send_file, status_of, stored_names, upload
from tests.messaging.changing import aged, at, delete, edit, history, read, rows_about, traces
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)
GONE = (404, "not_found")


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


@pytest.fixture
def group(ruth, amos, lydia):
    return ruth.group(amos, lydia)


# --- for all ----------------------------------------------------------------------------------------
def test_a_deleted_message_leaves_a_tombstone(ruth, amos, room):
    first = ruth.say(room, "first")
    sent = ruth.say(room, "gone", reply_to=1, mentions=[amos.member_id(room)], client_id=new_id())
    edit(ruth, room, 2, "gone soon")
    answer = delete(ruth, room, 2)
    del sent["duplicate"]
    expected = sent | {
        "rev": sent["rev"] + 2,
        "content": None,
        "reply_to": None,
        "mentions": [],
        "state": "deleted",
    }
    assert (answer.status, answer.body) == (200, expected)
    assert read(ruth, room, 2) == expected
    assert read(amos, room, 2) == expected | {"is_mine": False}
    assert rows_about(room, 2) == dict.fromkeys(rows_about(room, 2), 0)
    seen = amos.see(room)
    assert (seen["unread_count"], seen["mention_count"], seen["latest_seq"]) == (1, 0, 2)
    assert (seen["rev"], seen["latest_message"]["preview"]) == (expected["rev"], None)
    changed = amos.ok("GET", f"conversations/{room}/changes/?after_rev={first['rev']}")["messages"]
    assert changed == [expected | {"is_mine": False}]


def test_no_copy_of_the_text_survives_anywhere(ruth, amos, room):
    ruth.say(room, "Zephyrine one")
    edit(ruth, room, 1, "Zephyrine two")
    amos.say(room, "re", reply_to=1)
    delete(ruth, room, 1)
    assert traces("Zephyrine") == []
    assert read(amos, room, 2)["reply_to"] == {"seq": 1, "sender_name": "Ruth", "preview": None}
    assert "Zephyrine" not in str([history(amos, room), amos.ok("GET", "conversations/")])
    assert ruth.ok("GET", f"{at(room, 1)}revisions/")["results"] == []


def test_deleting_again_is_the_tombstone_again(ruth, room):
    ruth.say(room)
    first, again = delete(ruth, room, 1), delete(ruth, room, 1)
    assert (again.status, again.body) == (200, first.body)


def test_without_a_scope_it_is_for_all_and_another_one_is_400(ruth, room):
    ruth.say(room)
    assert delete(ruth, room, 1, "some").fields == ["scope"]
    assert ruth.delete(at(room, 1)).body["state"] == "deleted"


def test_its_replay_is_answered_with_the_tombstone_whatever_it_says(ruth, amos, room):
    sent = ruth.say(room, "once", client_id=new_id())
    delete(ruth, room, 1)
    for text in ("once", "something else"):
        again = ruth.try_say(room, text, client_id=sent["id"])
        assert (again.status, again.body["state"], again.body["content"]) == (200, "deleted", None)
    assert amos.try_say(room, "once", client_id=sent["id"]).refusal == (409, "client_id_reused")


def test_only_its_author_deletes_it_for_all(ruth, amos, naomi, group):
    amos.say(group)
    assert delete(ruth, group, 1).refusal == (403, "forbidden")  # the group's owner
    assert delete(naomi, group, 1).refusal == GONE
    assert read(ruth, group)["state"] == "live"


def test_there_is_no_time_limit_and_no_block_that_keeps_it(ruth, amos, room):
    ruth.say(room)
    aged(room, minutes=10_000)
    amos.blocks(ruth)
    assert delete(ruth, room, 1).body["state"] == "deleted"


def test_what_a_moderator_has_hidden_its_author_may_delete(ruth, room):
    sent = ruth.say(room, "hurtful")
    owner("UPDATE message SET state = 'hidden' WHERE id = %s", sent["id"])
    assert delete(ruth, room, 1).body["state"] == "deleted"
    assert traces("hurtful") == []


def test_what_one_has_removed_for_oneself_can_still_be_deleted_for_all(ruth, amos, room):
    ruth.say(room)
    delete(ruth, room, 1, "me")
    assert delete(ruth, room, 1).body == {"seq": 1, "state": "removed"}
    assert read(amos, room)["state"] == "deleted"


def test_who_was_removed_deletes_no_more(ruth, amos, group):
    amos.say(group)
    ruth.ok("DELETE", f"conversations/{group}/members/{amos.member_id(group)}/")
    assert delete(amos, group, 1).refusal == delete(amos, group, 1, "me").refusal == GONE


def test_a_sealed_author_deletes_and_nobody_learns_who(ruth, amos, group):
    sent = amos.say(group, "in secret", is_anonymous=True, client_id=new_id())
    answer = delete(amos, group, 1)
    assert (answer.body["state"], answer.body["sender"], answer.body["is_mine"]) == ("deleted", None, True)
    assert (read(ruth, group)["sender_name"], read(ruth, group)["is_mine"]) == ("Someone", False)
    assert delete(ruth, group, 1).refusal == (403, "forbidden")
    assert sent["id"] == answer.body["id"]
    assert traces("in secret") == []


def test_its_file_goes_with_it_unless_another_message_carries_it(ruth, amos, room):
    uploaded = upload(ruth)
    first = send_file(ruth, room, uploaded["id"])
    second = send_file(ruth, room, uploaded["id"])
    assert delete(ruth, room, 1).body["attachment"] is None
    links = [message["attachment"]["url"] for message in (first, second)]
    assert [status_of(bare(link), amos) for link in links] == [404, 200]
    assert rows_about(room, 1)["attachment"] == 0
    delete(ruth, room, 2)
    assert stored_names() == []


def told(person):
    """Kinds and previews of the open notifications."""
    rows = person.ok("GET", "notifications/?unread=true")["results"]
    return {row["kind"]: row["preview"] for row in rows}


def test_what_told_of_it_alone_is_closed(ruth, amos, room):
    ruth.say(room, "one")
    ruth.say(room, "two", mentions=[amos.member_id(room)])
    assert told(amos) == {"message_received": "two", "mention": "two"}
    delete(ruth, room, 2)
    assert told(amos) == {"message_received": "one"}
    delete(ruth, room, 1)
    assert told(amos) == {}
    ruth.say(room, "three")
    assert told(amos) == {"message_received": "three"}


# --- for oneself --------------------------------------------------------------------------------------
def test_deleted_for_me_is_removed_for_me_and_as_it_was_for_others(ruth, amos, room):
    ruth.say(room, "first", mentions=[amos.member_id(room)])
    ruth.say(room, "two", reply_to=1)
    before, rev = history(ruth, room), ruth.see(room)["rev"]
    answer = delete(amos, room, 1, "me")
    assert (answer.status, answer.body) == (200, {"seq": 1, "state": "removed"})
    assert read(amos, room) == {"seq": 1, "state": "removed"}
    first, second = history(amos, room)
    assert first == {"seq": 1, "state": "removed"}
    assert second["reply_to"] == {"seq": 1, "sender_name": "Ruth", "preview": None}
    assert "first" not in str(amos.ok("GET", f"conversations/{room}/changes/?after_rev=0")["messages"])
    assert (history(ruth, room), ruth.see(room)["rev"]) == (before, rev)


def test_deleted_for_me_is_neither_unread_nor_previewed(ruth, amos, room):
    ruth.say(room, "one")
    ruth.say(room, "two", mentions=[amos.member_id(room)])
    delete(amos, room, 2, "me")
    seen = amos.see(room)
    assert (seen["unread_count"], seen["mention_count"], seen["latest_message"]) == (1, 0, None)
    (listed,) = amos.ok("GET", "conversations/")["results"]
    assert (listed["unread_count"], listed["latest_message"]) == (1, None)
    synced = amos.ok("POST", "sync/", {"positions": {room: 0}})
    assert (synced["unread_total"], synced["changed"][0]["unread_count"]) == (1, 1)
    assert ruth.see(room)["latest_message"]["preview"] == "two"


def test_deleted_for_me_is_told_no_more(ruth, amos, room):
    ruth.say(room, "one")
    ruth.say(room, "two", mentions=[amos.member_id(room)])
    delete(amos, room, 2, "me")
    assert told(amos) == {"message_received": "one"}
    delete(amos, room, 1, "me")
    assert told(amos) == {}
    ruth.say(room, "three")
    assert told(amos) == {"message_received": "three"}
    delete(ruth, room, 3)
    assert told(amos) == {}


def test_deleted_for_me_moves_my_own_counter_alone(ruth, amos, room):
    ruth.say(room)
    mine = amos.ok("POST", "sync/", {"me_rev": 0})["me_rev"]
    others = ruth.ok("POST", "sync/", {"me_rev": 0})["me_rev"]
    delete(amos, room, 1, "me")
    after = amos.ok("POST", "sync/", {"me_rev": mine, "positions": {room: amos.see(room)["rev"]}})
    assert (after["me_rev"], [row["conversation"] for row in after["changed"]]) == (mine + 1, [room])
    assert ruth.ok("POST", "sync/", {"me_rev": 0})["me_rev"] == others
    delete(amos, room, 1, "me")
    assert amos.ok("POST", "sync/", {"me_rev": 0})["me_rev"] == mine + 1


def test_the_replay_of_what_one_has_removed_brings_it_not_back(ruth, room):
    sent = ruth.say(room, "once", client_id=new_id())
    delete(ruth, room, 1, "me")
    again = ruth.try_say(room, "once", client_id=sent["id"])
    assert (again.status, again.body) == (200, {"seq": 1, "state": "removed", "duplicate": True})


def test_what_one_does_not_see_one_does_not_remove(ruth, amos, lydia, naomi, group):
    ruth.say(group)
    ruth.ok("POST", f"conversations/{group}/members/", {"user": naomi.id})
    assert delete(naomi, group, 1, "me").refusal == GONE  # invited
    naomi.ok("POST", f"conversations/{group}/accept/")
    assert delete(naomi, group, 1, "me").refusal == GONE  # before her time
    assert delete(amos, group, 2, "me").refusal == GONE
