"""Forwarding: the same content sent anew, once, to all or to none, with nothing that leads back."""

from uuid import uuid4

import pytest

from tests.messaging.actors import new_id
from tests.messaging.attaching import send_file, status_of, stored_names, upload
from tests.messaging.changing import at, delete, history, read
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


@pytest.fixture
def others(ruth, lydia, naomi):
    """Two more conversations of Ruth's."""
    return [ruth.direct(lydia), ruth.direct(naomi)]


def forward(person, room, to, seq=1, **more):
    return person.post(f"{at(room, seq)}forward/", {"to": to} | more)


def test_a_forward_is_a_message_of_ones_own_that_names_no_origin(ruth, amos, lydia, room, others):
    amos.say(room, "Zephyrine", mentions=[ruth.member_id(room)])
    answer = forward(ruth, room, others)
    assert (answer.status, answer.body["duplicate"]) == (201, False)
    assert [row["conversation"] for row in answer.body["results"]] == others
    seen = read(lydia, others[0])
    assert (seen["content"], seen["sender_name"], seen["mentions"], seen["reply_to"]) == (
        "Zephyrine",
        "Ruth",
        [],
        None,
    )
    for trace in (room, amos.id, amos.member_id(room), "Amos", read(ruth, room)["id"]):
        assert trace not in str(seen)
    assert lydia.see(others[0])["unread_count"] == 1


def test_the_same_client_id_forwards_once(ruth, amos, room, others):
    amos.say(room, "hello")
    key = str(uuid4())
    first, again = forward(ruth, room, others, client_id=key), forward(ruth, room, others, client_id=key)
    assert (again.status, again.body["duplicate"]) == (200, True)
    assert [row["id"] for row in again.body["results"]] == [row["id"] for row in first.body["results"]]
    assert {row["duplicate"] for row in again.body["results"]} == {True}
    assert [ruth.see(other)["latest_seq"] for other in others] == [1, 1]
    assert forward(ruth, room, others[:1], client_id=key).refusal == (409, "client_id_reused")
    delete(amos, room, 1)
    assert forward(ruth, room, others, client_id=key).status == 200
    delete(ruth, others[0], 1)
    assert forward(ruth, room, others, client_id=key).body["results"][0]["state"] == "deleted"


def test_one_refusal_undoes_all_and_says_where(ruth, amos, lydia, room, others):
    amos.say(room, "hello")
    lydia.blocks(ruth)
    answer = forward(ruth, room, [others[1], others[0]])
    assert (answer.refusal, answer.body["place"]) == ((403, "blocked"), 1)
    strange = str(uuid4())
    answer = forward(ruth, room, [others[1], strange])
    assert (answer.refusal, answer.body["place"]) == ((404, "not_found"), 1)
    assert ruth.see(others[1])["latest_seq"] == 0


@pytest.mark.parametrize("to", [[], ["x"], "many", "twice", None])
def test_no_conversation_too_many_or_one_twice_are_400(ruth, amos, room, others, to):
    amos.say(room)
    named = {"many": [str(uuid4()) for _ in range(6)], "twice": [others[0]] * 2}
    assert forward(ruth, room, named.get(to, to) if isinstance(to, str) else to).refusal == (400, "invalid")


def test_what_has_gone_far_goes_to_one_at_a_time(ruth, amos, room, others):
    amos.say(room, "chain")
    for hops in range(5):
        answer = forward(ruth, room, [room], seq=hops + 1)
        assert answer.status == 201
    assert [row.hops for row in owner("SELECT hops FROM message ORDER BY seq")] == [0, 1, 2, 3, 4, 5]
    assert forward(ruth, room, others, seq=4).status == 201
    refused = forward(ruth, room, others, seq=5)
    assert (refused.refusal, refused.fields) == ((400, "invalid"), ["to"])
    assert forward(ruth, room, others[:1], seq=5).status == 201


def test_a_picture_goes_on_with_an_id_of_its_own_and_lives_as_long_as_one_message(
    ruth, amos, lydia, room, others
):
    sent = send_file(amos, room, upload(amos)["id"], content="look")
    results = forward(ruth, room, others).body["results"]
    ids = {sent["attachment"]["id"], *(row["attachment"]["id"] for row in results)}
    assert len(ids) == 3
    delete(amos, room, 1)
    assert status_of(read(lydia, others[0])["attachment"]["url"], lydia) == 200
    for other in others:
        delete(ruth, other, 1)
    assert stored_names() == []


def test_what_is_gone_or_out_of_sight_is_not_forwarded(ruth, amos, lydia, room, others):
    amos.say(room)
    assert forward(lydia, room, [others[0]]).refusal == (404, "not_found")
    assert forward(ruth, room, others, seq=2).refusal == (404, "not_found")
    delete(amos, room, 1)
    assert forward(ruth, room, others).refusal == (409, "conflict")
    amos.say(room)
    delete(ruth, room, 2, "me")
    assert forward(ruth, room, others, seq=2).refusal == (404, "not_found")


def test_a_sealed_message_goes_on_under_who_forwards_it(ruth, amos, lydia, naomi):
    group = ruth.group(amos, lydia)
    amos.say(group, "in secret", is_anonymous=True, client_id=new_id())
    other = ruth.direct(naomi)
    forward(ruth, group, [other])
    (seen,) = history(naomi, other)
    assert (seen["sender_name"], seen["is_anonymous"], "Amos" in str(seen)) == ("Ruth", False, False)


def test_each_target_counts_as_a_send(ruth, amos, room, others, settings):
    amos.say(room)
    settings.MESSAGES_BURST = 1
    assert forward(ruth, room, others).refusal == (429, "rate_limited")
