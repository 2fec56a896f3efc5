"""Updates of a prayer in its conversations, and what an answer does to it and its lines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from messaging.schemas.messages import SendMessage
from messaging.services.sending import send_request
from prayers.services.lines import hide_expired_lines
from tests.messaging.actors import new_id
from tests.messaging.lines import as_writer, line, owner
from tests.prayers.acts import NAIROBI, lines, open_about, pray, update

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERED = {"type": "prayer_update", "content": "It rained.", "payload": {"is_answered": True}}


@pytest.fixture
def room(ruth, amos):
    """Of Ruth's named prayer, accepted."""
    return talk(ruth, amos, pray(ruth))


def talk(author, responder, made, **more):
    found = open_about(responder, made["id"], **more)["id"]
    author.ok("POST", f"conversations/{found}/accept/")
    return found


def status_of(person, room):
    return person.ok("GET", f"prayers/{person.see(room)['prayer']}/")["status"]


def years_to_live():
    now = datetime.now(UTC)
    return [round((row.expires_at - now).days / 365.25, 1) for row in lines()]


def test_an_update_is_a_message_of_the_author(ruth, amos, room):
    key = new_id()
    sent = update(ruth, room, client_id=key)
    assert (sent.status, sent.body["id"], sent.body["type"]) == (201, key, "prayer_update")
    assert (sent.body["content"], sent.body["payload"]) == ("It went well.", {"is_answered": False})
    assert update(ruth, room, client_id=key).body == sent.body | {"duplicate": True}
    assert update(ruth, room, client_id=key, is_answered=True).refusal == (409, "client_id_reused")
    assert amos.ok("GET", f"conversations/{room}/messages/2/")["content"] == "It went well."
    assert status_of(ruth, room) == "open"


@pytest.mark.parametrize(
    ("more", "field"),
    [({"content": " "}, "content"), ({"is_answered": "yes"}, "is_answered"), ({"type": "text"}, "type")],
)
def test_what_is_no_update_is_refused(ruth, room, more, field):
    answer = update(ruth, room, **more)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), [field])


def test_only_the_author_updates_by_whichever_way(ruth, amos, room):
    path = f"conversations/{room}/messages/"
    assert update(amos, room, is_answered=True).refusal == (403, "forbidden")
    assert amos.post(path, ANSWERED).refusal == (403, "forbidden")
    assert [row.outcome for row in by_socket(amos, room)] == ["forbidden"]
    assert status_of(ruth, room) == "open"
    assert years_to_live() == [1.0]


def by_socket(person, *rooms):
    """The same as the sockets' writer sends it, in one batch."""
    body = SendMessage(**ANSWERED)
    batch = [send_request(author=person.user.pk, conversation_id=UUID(room), body=body) for room in rooms]
    with line() as connected:
        return as_writer(connected, "send_messages", batch)


def test_a_conversation_without_a_prayer_takes_no_update(ruth, amos):
    room = ruth.direct(amos)
    assert update(ruth, room).refusal == (409, "conflict")
    assert ruth.post(f"conversations/{room}/messages/", ANSWERED).refusal == (409, "conflict")


def answer_by_update(person, made, room):
    assert update(person, room, is_answered=True).status == 201


def answer_by_message(person, made, room):
    assert person.post(f"conversations/{room}/messages/", ANSWERED).status == 201


def answer_by_socket(person, made, room):
    assert [row.outcome for row in by_socket(person, room)] == ["ok"]


def answer_by_patch(person, made, room):
    person.ok("PATCH", f"prayers/{made['id']}/", {"status": "answered"})


@pytest.mark.parametrize("answer", [answer_by_update, answer_by_message, answer_by_socket, answer_by_patch])
@pytest.mark.parametrize("is_anonymous", [False, True])
def test_an_answer_marks_the_prayer_and_lengthens_its_lines(answer, is_anonymous, ruth, amos, lydia):
    made = pray(ruth, is_anonymous=is_anonymous)
    room, _ = talk(ruth, amos, made), open_about(lydia, made["id"])
    assert years_to_live() == [1.0, 1.0]
    answer(ruth, made, room)
    seen = amos.ok("GET", f"prayers/{made['id']}/")
    assert (seen["status"], seen["answered_at"] is not None) == ("answered", True)
    assert years_to_live() == [10.0, 10.0]
    if is_anonymous:
        assert seen["answered_at"][13:] == ":00:00Z"


def test_an_answer_never_makes_a_line_shorter(ruth, amos, room):
    owner("UPDATE memorial_connection SET expires_at = expires_at + interval '20 years'")
    assert years_to_live() == [21.0]
    update(ruth, room, is_answered=True)
    assert years_to_live() == [21.0]


def test_an_answer_brings_lines_back_that_had_run_out(ruth, amos, room):
    owner(
        "UPDATE memorial_connection SET created_at = created_at - interval '2 years', expires_at = expires_at - interval '2 years'"
    )
    assert (hide_expired_lines(), hide_expired_lines()) == (1, 0)
    assert [row.is_shown for row in lines()] == [False]
    update(ruth, room, is_answered=True)
    assert [row.is_shown for row in lines()] == [True]
    assert years_to_live() == [10.0]


def test_a_later_update_that_says_no_leaves_the_answer(ruth, room):
    update(ruth, room, is_answered=True)
    update(ruth, room, is_answered=False)
    assert status_of(ruth, room) == "answered"


def test_a_refused_or_repeated_update_has_no_effect(ruth, amos, room):
    key = new_id()
    update(ruth, room, is_answered=True, client_id=key)
    ruth.ok("PATCH", f"prayers/{ruth.see(room)['prayer']}/", {"status": "open"})
    assert update(ruth, room, is_answered=True, client_id=key).body["duplicate"] is True
    assert status_of(ruth, room) == "open"


def test_where_the_author_stands_under_their_name_an_anonymous_prayer_is_not_updated(ruth, amos, lydia):
    made = pray(ruth, is_anonymous=True)
    group = ruth.group(amos, lydia, prayer=made["id"])
    assert update(ruth, group).refusal == (422, "anonymity_impossible")
    assert update(amos, group).refusal == (403, "forbidden")
    path = f"conversations/{group}/messages/"
    assert ruth.post(path, ANSWERED).refusal == (422, "anonymity_impossible")
    assert ruth.post(path, ANSWERED | {"is_anonymous": True}).refusal == (422, "anonymity_impossible")
    assert [row.outcome for row in by_socket(ruth, group)] == ["anonymity_impossible"]
    assert ruth.see(group)["latest_seq"] == 0


def test_who_is_known_as_the_author_does_not_update_under_cover(ruth, amos, lydia):
    made = pray(ruth)
    named = ruth.group(amos, lydia, prayer=made["id"])
    path = f"conversations/{named}/messages/"
    assert ruth.post(path, ANSWERED | {"is_anonymous": True}).refusal == (422, "anonymity_impossible")
    hidden = ruth.group(amos, lydia, prayer=made["id"], is_anonymous=True)
    assert update(ruth, hidden).refusal == (422, "anonymity_impossible")
    assert update(ruth, named).status == 201


def test_two_answers_at_once_are_one(ruth, amos, lydia):
    made = pray(ruth)
    rooms = [talk(ruth, amos, made), talk(ruth, lydia, made)]
    acts = [*((answer_by_update, room) for room in rooms), *((answer_by_patch, room) for room in rooms)] * 2
    assert ruth.headers

    def act(one):
        try:
            one[0](ruth, made, one[1])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, acts))
    assert status_of(amos, rooms[0]) == "answered"
    assert years_to_live() == [10.0, 10.0]


def test_answers_and_renamings_at_once_do_not_wait_in_a_circle(ruth, amos, lydia):
    made = pray(ruth)
    rooms = [talk(ruth, amos, made), talk(ruth, lydia, made)]
    assert ruth.headers

    def act(number):
        try:
            if number % 2:
                return ruth.patch(
                    f"prayers/{made['id']}/", {"title": f"Title {number}", "status": "open"}
                ).status
            return update(ruth, rooms[number // 2 % 2], is_answered=True).status
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(act, range(24)))
    assert set(statuses) == {200, 201}


def test_a_line_goes_from_the_prayer_to_where_the_other_chose(ruth, amos, lydia):
    made = pray(ruth)
    pray(amos, **NAIROBI)  # never the place of another prayer
    open_about(amos, made["id"])
    open_about(lydia, made["id"], latitude=40.93992, longitude=24.41291)
    assert {(r.from_latitude, r.from_longitude) for r in lines()} == {(3171, 3520)}
    assert {(r.to_latitude, r.to_longitude) for r in lines()} == {(None, None), (4094, 2441)}
    assert {row.begun[14:] for row in lines()} == {"00:00.000000"}


def test_a_line_begins_where_its_prayer_is(ruth, amos):
    made = pray(ruth)
    open_about(amos, made["id"])
    ruth.ok("PATCH", f"prayers/{made['id']}/", NAIROBI)
    assert [(row.from_latitude, row.from_longitude) for row in lines()] == [(-129, 3682)]
    ruth.ok("PATCH", f"prayers/{made['id']}/", {"latitude": None, "longitude": None})
    assert [(row.from_latitude, row.from_longitude) for row in lines()] == [(None, None)]


def test_a_deleted_prayers_lines_are_hidden_and_lead_to_nobody(ruth, amos, room):
    assert ruth.delete(f"prayers/{ruth.see(room)['prayer']}/").status == 204
    assert [(row.is_shown, row.prayer_id) for row in lines()] == [(False, None)]
    assert owner("SELECT 1 FROM memorial_end") == []


def test_how_long_a_line_lives_is_a_setting(ruth, amos, settings):
    settings.LINE_DAYS = 30
    open_about(amos, pray(ruth)["id"])
    (found,) = lines()
    assert found.expires_at - found.created_at == timedelta(days=30)
