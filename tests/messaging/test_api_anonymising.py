"""Taking one's name off a message that was sent: nothing shows it any more, it stays one's own, there is no way back."""

import json

import pytest

from messaging.models import MessageAuthor
from tests.isolation.traces import objects_with, traces_in, traces_of
from tests.messaging.actors import actor, new_id
from tests.messaging.attaching import send_file, upload
from tests.messaging.changing import at, delete, edit, history, read
from tests.messaging.lines import acting, line, owner

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "I have doubted for years"


@pytest.fixture
def sarah():
    return actor("Sarah Quillfeather")


@pytest.fixture
def group(ruth, sarah, lydia):
    return ruth.group(sarah, lydia)


def anonymise(person, room, seq=1):
    return person.post(f"{at(room, seq)}anonymise/")


def test_it_shows_no_author_as_if_it_had_been_sent_so(ruth, sarah, group):
    sent = sarah.say(group, WORDS, client_id=new_id())
    answer = anonymise(sarah, group)
    del sent["duplicate"]
    expected = sent | {"sender": None, "sender_name": "Someone", "is_anonymous": True, "rev": sent["rev"] + 1}
    assert (answer.status, answer.body) == (200, expected)
    assert read(sarah, group) == expected
    assert read(ruth, group) == expected | {"is_mine": False}
    changed = ruth.ok("GET", f"conversations/{group}/changes/?after_rev={sent['rev']}")
    assert (changed["messages"], changed["to_rev"]) == ([expected | {"is_mine": False}], expected["rev"])
    assert anonymise(sarah, group).body == expected
    assert ruth.see(group)["rev"] == expected["rev"]


def test_nothing_that_others_are_shown_afterwards_gives_its_author_away(ruth, sarah, lydia, group):
    """Whatever holds its words, or quotes it, is looked at in all that two others can ask."""
    sarah.say(group, WORDS, mentions=[lydia.member_id(group)])
    edit(sarah, group, 1, f"{WORDS} now")
    ruth.say(group, "Thank you for saying so", reply_to=1)
    ruth.ok("PUT", f"{at(group, 1)}reactions/%F0%9F%95%8A%EF%B8%8F/")
    sarah.ok("PUT", f"{at(group, 1)}star/")
    anonymise(sarah, group)
    her = traces_of(
        ids={"member": sarah.member_id(group), "user": sarah.id},
        words={"name": sarah.name, "address": sarah.user.email},
    )
    paths = [
        f"conversations/{group}/messages/", f"conversations/{group}/messages/?after=0",
        f"conversations/{group}/messages/?around=1", at(group, 1), at(group, 2), f"{at(group, 1)}thread/",
        f"conversations/{group}/changes/?after_rev=0", f"conversations/{group}/", "conversations/",
        "messages/search/?q=doubted", "notifications/", "notifications/?unread=true",
    ]  # fmt: skip
    looked_at = 0
    for reader in (ruth, lydia):
        for path in paths:
            told = json.dumps(reader.ok("GET", path))
            for found in (*objects_with(told, WORDS), *objects_with(told, "Thank you for saying so")):
                looked_at += 1
                assert traces_in(found, her) == [], (reader.name, path, found)
        assert reader.get(f"{at(group, 1)}revisions/").status == 404
        assert reader.get(f"{at(group, 1)}delivery/").status == 404
    assert looked_at > 20
    assert read(ruth, group, 2)["reply_to"]["sender_name"] == "Someone"
    mention = next(row for row in lydia.ok("GET", "notifications/")["results"] if row["kind"] == "mention")
    assert traces_in(json.dumps(mention), her) == []


def test_no_row_that_others_may_read_joins_it_to_its_author(ruth, sarah, group):
    message = sarah.say(group, WORDS)["id"]
    sarah.ok("PUT", f"{at(group, 1)}star/")
    anonymise(sarah, group)
    (row,) = owner("SELECT id FROM participant WHERE user_id = %s", sarah.id)
    joined = [
        name
        for (name,) in owner(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        )
        if owner(
            f"SELECT 1 FROM {name} x WHERE x::text LIKE %s AND (x::text LIKE %s OR x::text LIKE %s) LIMIT 1",
            f"%{message}%",
            f"%{row.id}%",
            f"%{sarah.id}%",
        )
    ]
    assert sorted(joined) == ["message_author", "personal_mark"]
    with line() as request, acting(request, "prayermap_member", ruth.id):
        assert request.execute("SELECT 1 FROM personal_mark").fetchall() == []
    assert not MessageAuthor.objects.using("owner").filter(client_id=message).exists()
    assert owner("SELECT * FROM check_messages()") == []


def test_it_stays_its_authors_own(ruth, sarah, lydia, group):
    sarah.say(group, "frist")
    anonymise(sarah, group)
    assert edit(sarah, group, 1, "first").body["is_mine"] is True
    assert sarah.ok("GET", f"{at(group, 1)}revisions/")["results"][0]["content"] == "frist"
    named = {row["name"] for row in sarah.ok("GET", f"{at(group, 1)}delivery/")["results"]}
    assert named == {ruth.name, lydia.name}
    assert edit(ruth, group, 1, "mine now").refusal == (403, "forbidden")
    assert (sarah.see(group)["unread_count"], ruth.see(group)["unread_count"]) == (0, 1)
    assert delete(sarah, group, 1).body["state"] == "deleted"
    assert anonymise(sarah, group).body["state"] == "deleted"


def test_a_replay_of_its_sending_is_answered_with_it_and_nobody_elses_is(ruth, sarah, group):
    key = new_id()
    sarah.say(group, WORDS, client_id=key)
    anonymise(sarah, group)
    again = sarah.try_say(group, WORDS, client_id=key)
    assert (again.status, again.body) == (200, read(sarah, group) | {"duplicate": True})
    assert (again.body["sender"], again.body["id"]) == (None, key)
    assert sarah.try_say(group, "Something else", client_id=key).refusal == (409, "client_id_reused")
    assert ruth.try_say(group, WORDS, client_id=key).refusal == (409, "client_id_reused")
    delete(sarah, group, 1)
    assert sarah.try_say(group, "Something else", client_id=key).body["state"] == "deleted"
    assert len(history(ruth, group)) == 1


def test_a_file_stays_with_it(ruth, sarah, group):
    sent = send_file(sarah, group, upload(sarah)["id"])
    anonymise(sarah, group)
    seen = read(ruth, group)
    assert (seen["attachment"]["id"], seen["sender"]) == (sent["attachment"]["id"], None)


def test_others_cannot_and_what_is_gone_cannot_be(ruth, sarah, lydia, group):
    sarah.say(group, WORDS)
    assert anonymise(ruth, group).refusal == (403, "forbidden")
    assert anonymise(actor(), group).refusal == (404, "not_found")
    assert anonymise(sarah, group, 2).refusal == (404, "not_found")
    sarah.say(group, "Gone")
    delete(sarah, group, 2)
    assert anonymise(sarah, group, 2).refusal == (409, "conflict")
    assert read(ruth, group)["sender_name"] == sarah.name


def test_it_is_refused_where_anonymity_is_impossible(ruth, sarah, lydia, group):
    pair = sarah.direct(ruth)
    sarah.say(pair, WORDS)
    assert anonymise(sarah, pair).refusal == (422, "anonymity_impossible")
    sarah.say(group, WORDS)
    lydia.ok("DELETE", f"conversations/{group}/members/{lydia.member_id(group)}/")
    assert anonymise(sarah, group).refusal == (422, "anonymity_impossible")
    assert read(ruth, group)["sender_name"] == sarah.name


def test_it_is_possible_where_one_may_not_write_any_more(ruth, sarah, group):
    sarah.say(group, WORDS)
    owner("UPDATE conversation SET is_frozen = true WHERE id = %s", group)
    owner(
        "UPDATE message SET created_at = created_at - interval '300 days' WHERE conversation_id = %s", group
    )
    assert sarah.try_say(group).status == 403
    assert anonymise(sarah, group).status == 200
    assert read(ruth, group)["sender"] is None
