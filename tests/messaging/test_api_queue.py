"""The outbox: taken at once, sent later, each once and in order."""

from datetime import UTC, datetime, timedelta

import pytest

from messaging.services.queueing import purge_queue
from prayermap.lib.ids import uuid7_at
from tests.messaging.actors import new_id
from tests.messaging.lines import owner
from tests.messaging.queueing import item, later, make_due, outbox, queue, queued, states, texts, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


def old_id(days):
    return str(uuid7_at(int((datetime.now(UTC) - timedelta(days=days)).timestamp() * 1000)))


def test_queued_message_waits_and_is_sent_by_the_worker(ruth, amos, room):
    wanted = item(room, "from the tunnel", reply_to=None)
    answer = queue(ruth, wanted)
    assert answer.status == 201
    (taken,) = answer.body["items"]
    assert taken == {
        "id": taken["id"],
        "device_id": "phone",
        "conversation": room,
        "client_id": wanted["client_id"],
        "state": "pending",
        "seq": None,
        "retry_count": 0,
        "error_code": None,
        "next_attempt_at": taken["created_at"],
        "scheduled_at": None,
        "created_at": taken["created_at"],
        "type": "text",
        "content": "from the tunnel",
        "attachment": None,
        "payload": None,
        "reply_to": None,
        "mentions": [],
        "is_anonymous": False,
    }
    assert answer.body["duplicate"] is False
    assert texts(amos, room) == []
    assert work() == {"sent": 1, "failed": 0, "postponed": 0}
    (message,) = amos.ok("GET", f"conversations/{room}/messages/")["results"]
    assert (message["id"], message["content"], message["sender_name"]) == (
        wanted["client_id"],
        "from the tunnel",
        "Ruth",
    )
    (done,) = outbox(ruth)
    assert (done["state"], done["seq"], done["content"], done["next_attempt_at"]) == ("sent", 1, None, None)
    assert work()["sent"] == 0


def test_text_leaves_the_queue_when_it_is_sent(ruth, room):
    queued(ruth, item(room, "secret"))
    work()
    assert [row.request for row in owner("SELECT request FROM message_queue")] == [None]


def test_everything_a_message_may_have_is_sent(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    amos.say(room)
    mentioned = amos.member_id(room)
    queued(
        ruth,
        item(room, "look", reply_to=1, mentions=[mentioned]),
        item(room, None, type="location", payload={"latitude": 1.50, "longitude": 2.0}),
        item(room, "hidden", is_anonymous=True),
    )
    assert work()["sent"] == 3
    look, place, hidden = amos.ok("GET", f"conversations/{room}/messages/?after=1")["results"]
    assert (look["reply_to"]["seq"], look["mentions"]) == (1, [mentioned])
    assert place["payload"] == {"latitude": 1.5, "longitude": 2.0}
    assert (hidden["sender"], hidden["sender_name"]) == (None, "Someone")


def test_repeated_request_is_answered_with_what_became_of_it(ruth, room):
    wanted = item(room)
    first = queue(ruth, wanted)
    again = queue(ruth, wanted)
    assert (again.status, again.body) == (200, {"items": first.body["items"], "duplicate": True})
    work()
    (sent,) = queued(ruth, wanted, device="another")
    assert (sent["state"], sent["seq"]) == ("sent", 1)
    assert work()["sent"] == 0


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_message_that_was_sent_by_another_way_is_answered_as_sent(ruth, amos, lydia, is_anonymous):
    room = ruth.group(amos, lydia)
    wanted = item(room, is_anonymous=is_anonymous)
    body = {key: value for key, value in wanted.items() if key != "conversation"}
    assert ruth.post(f"conversations/{room}/messages/", body).status == 201
    answer = queue(ruth, wanted)
    assert (answer.status, answer.body["duplicate"]) == (200, True)
    (sent,) = answer.body["items"]
    assert (sent["state"], sent["seq"], sent["content"]) == ("sent", 1, None)
    assert work()["sent"] == 0


def test_message_that_is_sent_by_another_way_while_it_waits_is_sent_once(ruth, amos, room):
    wanted = item(room)
    queued(ruth, wanted)
    body = {key: value for key, value in wanted.items() if key != "conversation"}
    ruth.ok("POST", f"conversations/{room}/messages/", body)
    assert work()["sent"] == 1
    assert len(texts(amos, room)) == 1
    again = ruth.post(f"conversations/{room}/messages/", body)
    assert (again.status, again.body["duplicate"]) == (200, True)


def test_client_id_of_another_message_is_refused_and_nothing_is_taken(ruth, amos, room):
    wanted = item(room)
    queued(ruth, wanted)
    refused = queue(ruth, item(room), wanted | {"content": "other"})
    assert refused.refusal == (409, "client_id_reused")
    assert refused.fields == ["items[1].client_id"]
    foreign = amos.say(room)["id"]
    assert queue(ruth, item(room, client_id=foreign)).refusal == (409, "client_id_reused")
    assert len(outbox(ruth)) == 1


def test_same_client_id_twice_in_one_request_is_one_message(ruth, room):
    wanted = item(room)
    first, second = queued(ruth, wanted, wanted)
    assert first == second
    assert queue(ruth, item(room, client_id=(same := new_id())), item(room, "x", client_id=same)).refusal == (
        409,
        "client_id_reused",
    )


@pytest.mark.parametrize("client_id", [old_id(31), old_id(-1), "7d4ff0a8-5b5c-4a4b-9d0e-6a0d9e0d5a11", "one"])
def test_client_id_of_another_time_is_refused(ruth, room, client_id):
    refused = queue(ruth, item(room), item(room, client_id=client_id))
    assert refused.refusal == (400, "client_id_invalid")
    assert (refused.fields, bool(refused.body["server_time"])) == (["items[1].client_id"], True)
    assert outbox(ruth) == []


def test_age_of_a_client_id_is_judged_when_it_is_taken(ruth, amos, room):
    (taken,) = queued(ruth, item(room, "long ago"))
    aged = old_id(40)
    owner(
        "UPDATE message_queue SET created_at = now() - interval '20 days', client_id = %s,"
        " request = request || jsonb_build_object('client_id', %s::text) WHERE id = %s",
        aged,
        aged,
        taken["id"],
    )
    assert work()["sent"] == 1
    assert texts(amos, room) == ["long ago"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"content": " "}, "items[1].content"),
        ({"content": None}, "items[1].content"),
        ({"type": "image"}, "items[1].attachment"),
        ({"type": "bible_verse", "payload": {"reference": "Hesitations 1:1"}}, "items[1].payload.reference"),
        ({"client_id": None}, "items[1].client_id"),
        ({"scheduled_at": "tomorrow"}, "items[1].scheduled_at"),
        ({"scheduled_at": "2027-01-01T00:00:00"}, "items[1].scheduled_at"),
        ({"scheduled_at": "0001-01-01T00:00:00Z"}, "items[1].scheduled_at"),
        ({"scheduled_at": "9999-12-31T23:59:59-12:00"}, "items[1].scheduled_at"),
        ({"state": "sent"}, "items[1].state"),
    ],
)
def test_item_that_is_no_message_is_400_and_none_is_taken(ruth, room, change, field):
    refused = queue(ruth, item(room), item(room) | change)
    assert (refused.refusal, refused.fields) == ((400, "invalid"), [field])
    assert outbox(ruth) == []


@pytest.mark.parametrize(
    "body", [{}, {"items": []}, {"device_id": "x", "items": []}, {"device_id": "", "items": [{}]}, []]
)
def test_request_that_is_none_is_400(ruth, body):
    assert ruth.post("queue/", body).refusal == (400, "invalid")


def test_item_without_client_id_is_400(ruth, room):
    bare = item(room)
    del bare["client_id"]
    assert queue(ruth, bare).fields == ["items[0].client_id"]


def test_five_hundred_may_wait(ruth, amos, room):
    queued(ruth, *(item(room, str(number)) for number in range(499)))
    assert queue(ruth, item(room), item(room)).refusal == (409, "conflict")
    queued(ruth, item(room))
    assert queue(ruth, item(room)).refusal == (409, "conflict")
    queued(amos, item(room))  # everybody has their own
    assert queue(ruth, *(item(room) for _ in range(501))).refusal == (400, "invalid")
    work()
    queued(ruth, item(room))


def test_scheduled_message_waits_for_its_time(ruth, amos, room):
    time = later(days=364)
    (taken,) = queued(ruth, item(room, "a year on", scheduled_at=time))
    assert datetime.fromisoformat(taken["next_attempt_at"]) == datetime.fromisoformat(time)
    assert taken["scheduled_at"] == taken["next_attempt_at"]
    queued(ruth, item(room, "at once", scheduled_at=later(hours=-1)))
    assert work()["sent"] == 1
    assert texts(amos, room) == ["at once"]
    make_due(taken["id"])
    assert work()["sent"] == 1
    assert texts(amos, room) == ["at once", "a year on"]


def test_message_may_be_scheduled_a_year_ahead_of_when_it_was_written(ruth, room):
    assert queue(ruth, item(room, scheduled_at=later(days=366))).fields == ["items[0].scheduled_at"]
    aged = old_id(20)
    assert queue(ruth, item(room, client_id=aged, scheduled_at=later(days=346))).fields == [
        "items[0].scheduled_at"
    ]
    queued(ruth, item(room, client_id=aged, scheduled_at=later(days=344)))


def test_permanent_refusal_fails_at_once_and_holds_up_nobody(ruth, amos, lydia, room):
    group = ruth.group(amos, lydia)
    lydia_room = ruth.direct(lydia)
    queued(
        ruth,
        item(group, "removed meanwhile"),
        item(lydia_room, "blocked meanwhile"),
        item(group, "so is this"),
        item(room, "this arrives"),
        item(new_id(), "nowhere"),
        item(room, "no such seq", reply_to=77),
        item(room, "too few", is_anonymous=True),
        item(room, "and this"),
    )
    amos_admin = ruth.member_id(group)
    ruth.ok("PATCH", f"conversations/{group}/members/{amos.member_id(group)}/", {"role": "owner"})
    amos.ok("DELETE", f"conversations/{group}/members/{amos_admin}/")
    lydia.blocks(ruth)
    assert work() == {"sent": 2, "failed": 6, "postponed": 0}
    assert states(ruth) == [
        ("removed meanwhile", "failed", "not_found"),
        ("blocked meanwhile", "failed", "blocked"),
        ("so is this", "failed", "not_found"),
        (None, "sent", None),
        ("nowhere", "failed", "not_found"),
        ("no such seq", "failed", "invalid"),
        ("too few", "failed", "anonymity_impossible"),
        (None, "sent", None),
    ]
    assert [(row["retry_count"], row["next_attempt_at"]) for row in outbox(ruth, "?state=failed")] == [
        (1, None)
    ] * 6
    assert texts(amos, room) == ["this arrives", "and this"]


def test_slow_mode_is_waited_for_and_is_no_try(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    owner("UPDATE conversation SET slow_mode_s = 60 WHERE id = %s", room)
    queued(amos, *(item(room, str(number)) for number in range(3)))
    assert work() == {"sent": 1, "failed": 0, "postponed": 1}
    _, second, third = outbox(amos)
    assert (second["state"], second["error_code"], second["retry_count"]) == ("pending", "rate_limited", 0)
    assert third["state"] == "pending"
    wait = datetime.fromisoformat(second["next_attempt_at"]) - datetime.now(UTC)
    assert 50 < wait.total_seconds() <= 60
    assert work()["sent"] == 0  # the third waits for the second


def test_quota_counts_when_it_is_sent(ruth, amos, room, settings):
    settings.MESSAGES_BURST, settings.MESSAGES_PER_SECOND = 3, 0.001
    queued(ruth, *(item(room, str(number)) for number in range(5)))
    assert work() == {"sent": 3, "failed": 0, "postponed": 1}
    assert texts(amos, room) == ["0", "1", "2"]
    waiting = [row for row in outbox(ruth) if row["state"] == "pending"]
    assert [(row["error_code"], row["retry_count"]) for row in waiting] == [("rate_limited", 0), (None, 0)]


def test_pending_message_can_be_taken_back(ruth, amos, room):
    (one,) = queued(ruth, item(room, "no", scheduled_at=later(hours=1)))
    assert amos.delete(f"queue/{one['id']}/").refusal == (404, "not_found")
    assert ruth.delete(f"queue/{one['id']}/").status == 204
    assert ruth.delete(f"queue/{one['id']}/").refusal == (404, "not_found")
    assert outbox(ruth) == []
    queued(ruth, item(room, "yes", client_id=one["client_id"]))  # its client_id stands for nothing


def test_what_is_done_cannot_be_taken_back(ruth, room):
    sent, failed = queued(ruth, item(room), item(new_id()))
    work()
    for row in (sent, failed):
        assert ruth.delete(f"queue/{row['id']}/").refusal == (409, "conflict")


def test_outbox_is_ones_own_and_paged(ruth, amos, room):
    queued(ruth, *(item(room, str(number)) for number in range(5)), device="phone")
    queued(ruth, item(room, "tablet"), device="tablet")
    queued(amos, item(room, "foreign"))
    page = ruth.ok("GET", "queue/?limit=2")
    seen = [row["content"] for row in page["results"]]
    while page["next"]:
        page = ruth.ok("GET", page["next"])
        seen += [row["content"] for row in page["results"]]
    assert seen == ["0", "1", "2", "3", "4", "tablet"]
    assert [row["content"] for row in outbox(ruth, "?device_id=tablet")] == ["tablet"]
    assert outbox(ruth, "?state=sent") == []
    assert ruth.get("queue/?state=lost").refusal == (400, "invalid")


def test_what_is_done_is_forgotten(ruth, room):
    queued(ruth, item(room), item(new_id(), "failed"), item(room, "waits", scheduled_at=later(days=300)))
    work()
    now = datetime.now(UTC)
    assert purge_queue(now + timedelta(hours=23)) == 0
    assert purge_queue(now + timedelta(hours=25)) == 1
    assert purge_queue(now + timedelta(days=31)) == 1
    assert states(ruth) == [("waits", "pending", None)]
