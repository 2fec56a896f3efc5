"""A new name: a step of each conversation that shows it, and of no other."""

import pytest

from messaging import tasks
from messaging.services import renaming
from tests.messaging.lines import owner
from tests.messaging.test_api_catchup import changes

pytestmark = pytest.mark.django_db(transaction=True)
JOBS = "SELECT id, args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id"


def rename(person, name="Annette"):
    assert person.ok("PATCH", "me/", {"display_name": name})["display_name"] == name


def revs(*rooms):
    found = owner("SELECT id::text, rev FROM conversation WHERE id = ANY (%s::uuid[])", list(rooms))
    return dict(found)


def versions(person):
    """The person's anonymous member rows and their conversations: contents, and who wrote or locked them last."""
    return owner(
        "SELECT c.id::text AS room, concat_ws(' ', p.ctid, p.xmin, p.xmax, p) AS member,"
        " concat_ws(' ', c.ctid, c.xmin, c.xmax, c) AS conversation"
        " FROM participant p JOIN conversation c ON c.id = p.conversation_id"
        " WHERE p.user_id = %s AND p.is_anonymous ORDER BY p.id",
        person.id,
    )


def test_whoever_comes_back_finds_the_new_name(ruth, amos):
    room = ruth.direct(amos)
    amos.say(room)
    held = {room: amos.see(room)["rev"]}
    assert amos.ok("POST", "sync/", {"positions": held})["changed"] == []
    rename(ruth)
    (listed,) = amos.ok("POST", "sync/", {"positions": held})["changed"]
    assert (listed["conversation"], listed["rev"], listed["latest_seq"]) == (room, held[room] + 1, 1)
    page = changes(amos, room, held[room])
    assert page == page | {"to_rev": held[room] + 1, "complete": True, "messages": [], "conversation": None}
    assert page["members"] == [
        {
            "id": ruth.member_id(room),
            "name": "Annette",
            "user": ruth.id,
            "role": ruth.see(room)["my_member"]["role"],
            "state": "active",
            "is_anonymous": False,
        }
    ]
    assert page["members"][0] in amos.see(room)["members"]


def test_it_is_told_where_one_is_listed_and_not_where_one_has_gone(ruth, amos, lydia):
    active, invited, left = ruth.group(amos), amos.group(ruth, accepted=False), amos.group(ruth)
    declined, removed, without = (
        amos.group(ruth, accepted=False),
        amos.group(ruth),
        amos.group(lydia),
    )
    requested = amos.group(is_private=False, requires_approval=True)
    ruth.ok("POST", f"conversations/{requested}/join/")
    ruth.ok("DELETE", f"conversations/{left}/members/{ruth.member_id(left)}/")
    ruth.ok("POST", f"conversations/{declined}/decline/")
    amos.ok("DELETE", f"conversations/{removed}/members/{ruth.member_id(removed)}/")
    before = revs(active, invited, requested, declined, left, removed, without)
    rename(ruth)
    shown = (active, invited, requested, declined)  # a declined invitation looks pending to others
    assert revs(*before) == before | {room: before[room] + 1 for room in shown}
    for room in shown:
        (member,) = changes(amos, room, before[room])["members"]
        assert (member["name"], member["user"]) == ("Annette", ruth.id)


def test_where_one_is_anonymous_nothing_moves(ruth, amos, lydia):
    hidden, twice = ruth.group(amos, lydia, is_anonymous=True), ruth.group(amos, lydia, is_anonymous=True)
    named = ruth.group(amos)
    owner(  # by name as well, in a group where she is anonymous
        "INSERT INTO participant SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(),"
        " 'is_anonymous', false, 'role', 'member'))).* FROM participant p WHERE conversation_id = %s AND is_anonymous",
        twice,
    )
    rows, before = versions(ruth), revs(hidden, twice, named)
    rename(ruth)
    assert revs(*before) == before | {room: before[room] + 1 for room in (twice, named)}
    after = versions(ruth)
    assert [row.member for row in after] == [row.member for row in rows]
    assert [row for row in after if row.room == hidden] == [row for row in rows if row.room == hidden]
    (member,) = changes(amos, twice, before[twice])["members"]
    assert (member["name"], member["is_anonymous"]) == ("Annette", False)
    assert changes(amos, hidden, before[hidden])["members"] == []
    listed = amos.ok("POST", "sync/", {"positions": before})["changed"]
    assert [row["conversation"] for row in listed] == [twice, named]


@pytest.mark.parametrize(
    "body", [{}, {"display_name": "Ruth"}, {"timezone": "Africa/Nairobi"}, {"share_presence": False}]
)
def test_what_others_see_alike_is_no_change(ruth, amos, body):
    room = ruth.direct(amos)
    before = revs(room)
    ruth.ok("PATCH", "me/", body)
    assert revs(room) == before


def test_a_refused_change_moves_nothing(ruth, amos):
    room = ruth.direct(amos)
    before = revs(room)
    answer = ruth.patch("me/", {"display_name": "Annette", "timezone": "Mars/Olympus"})
    assert (answer.refusal, answer.fields) == ((400, "invalid"), ["timezone"])
    assert (revs(room), ruth.ok("GET", "me/")["display_name"]) == (before, "Ruth")


def test_names_are_taken_so_often_and_no_more(ruth, amos, settings):
    settings.LIMITS = settings.LIMITS | {"renames": "2/day"}
    room = ruth.direct(amos)
    before = revs(room)[room]
    for name in ("Annette", "Annette", "Ann"):  # the second is none
        rename(ruth, name)
    assert ruth.patch("me/", {"display_name": "Anna"}).refusal == (429, "rate_limited")
    assert (revs(room)[room], ruth.ok("GET", "me/")["display_name"]) == (before + 2, "Ann")


def test_very_many_conversations_are_told_in_steps(ruth, amos, monkeypatch):
    monkeypatch.setattr(renaming, "BATCH", 2)
    rooms = sorted(ruth.group(amos) for _ in range(5))
    before = revs(*rooms)
    rename(ruth)
    stepped = []
    for done in (2, 4, 5):
        now = revs(*rooms)
        stepped.append([room for room in rooms if now[room] == before[room] + 1])
        jobs = owner(JOBS, renaming.TASK)
        if done == 5:
            assert jobs == []
            break
        (job,) = jobs
        assert job.args == {"user": ruth.id, "after": rooms[done - 1]}
        owner("DELETE FROM procrastinate_jobs WHERE id = %s", job.id)
        tasks.tell_rest_of_renamed(**job.args)
    assert stepped == [rooms[:2], rooms[:4], rooms]
    assert {changes(amos, room, before[room])["members"][0]["name"] for room in rooms} == {"Annette"}
