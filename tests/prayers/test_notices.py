"""Notifications of prayers: who is told of what, and who isn't."""

import pytest

from tests.prayers.acts import lines, open_about, pray, respond, update

pytestmark = pytest.mark.django_db(transaction=True)


def inbox(person):
    rows = person.ok("GET", "notifications/?unread=true")["results"]
    return [(row["kind"], row["title"], row["count"]) for row in rows]


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_the_author_is_told_of_responses_once_for_all(is_anonymous, ruth, amos, lydia):
    made = pray(ruth, title="Before an operation", is_anonymous=is_anonymous)
    respond(amos, made["id"])
    respond(lydia, made["id"], None, is_anonymous=True)
    respond(ruth, made["id"], "Thank you all.")
    assert inbox(ruth) == [("prayer_response", "Before an operation", 2)]
    assert inbox(amos) == inbox(lydia) == []


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_the_author_is_told_of_a_conversation_until_she_enters(is_anonymous, ruth, amos):
    made = pray(ruth, title="Before an operation", is_anonymous=is_anonymous)
    room = open_about(amos, made["id"])["id"]
    open_about(amos, made["id"])
    assert inbox(ruth) == [("prayer_conversation_started", "Before an operation", 1)]
    ruth.ok("POST", f"conversations/{room}/accept/")
    assert inbox(ruth) == []
    member = ruth.member_id(room)
    ruth.ok("DELETE", f"conversations/{room}/members/{member}/")
    open_about(amos, made["id"])
    assert inbox(ruth) == [("prayer_conversation_started", "Before an operation", 1)]


def test_those_who_answered_are_told_that_it_was_answered(ruth, amos, lydia):
    made = pray(ruth, title="Before an operation", is_anonymous=True)
    room = open_about(amos, made["id"], is_anonymous=True)["id"]
    respond(lydia, made["id"], is_anonymous=True)
    ruth.ok("POST", f"conversations/{room}/accept/")
    update(ruth, room, is_answered=True)
    update(ruth, room, is_answered=True)
    assert ("prayer_answered", "Before an operation", 1) in inbox(amos)
    assert inbox(lydia) == [("prayer_answered", "Before an operation", 1)]
    assert "prayer_answered" not in str(inbox(ruth))
    for person in (amos, lydia):
        assert ruth.id not in str(person.ok("GET", "notifications/"))


def test_nobody_is_told_of_somebody_they_blocked(ruth, amos, lydia):
    sealed, named = pray(ruth, is_anonymous=True), pray(ruth)
    respond(lydia, named["id"])
    ruth.blocks(amos)
    lydia.blocks(ruth)
    respond(amos, sealed["id"])
    open_about(amos, sealed["id"])
    assert inbox(ruth) == [("prayer_response", "Before an operation", 1)]  # Lydia's, of the named one
    ruth.ok("PATCH", f"prayers/{named['id']}/", {"status": "answered"})
    assert inbox(lydia) == []
    assert len(lines()) == 1


def test_a_deleted_prayer_takes_its_notifications_along(ruth, amos):
    made = pray(ruth)
    respond(amos, made["id"])
    ruth.ok("PATCH", f"prayers/{made['id']}/", {"status": "answered"})
    assert (len(inbox(ruth)), len(inbox(amos))) == (1, 1)
    ruth.delete(f"prayers/{made['id']}/")
    assert inbox(ruth) == inbox(amos) == []
    assert ruth.ok("GET", "notifications/unread-count/")["unread_count"] == 0
