"""sync and changes: whatever was missed is found again."""

from uuid import uuid4

import pytest

from messaging.queries import catchup
from tests.messaging.actors import actor
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def changes(person, room, after=0, **more):
    query = "&".join(f"{name}={value}" for name, value in ({"after_rev": after} | more).items())
    return person.ok("GET", f"conversations/{room}/changes/?{query}")


def replay(person, room, limit):
    """What a client that starts from nothing holds after paging through the changes."""
    held, rev = {"messages": {}, "members": {}, "conversation": None}, 0
    for _ in range(1_000):
        page = changes(person, room, rev, limit=limit)
        assert page["from_rev"] == rev
        assert page["to_rev"] > rev or page["complete"]
        held["messages"] |= {row["seq"]: row for row in page["messages"]}
        held["members"] |= {row["id"]: row for row in page["members"]}
        held["conversation"] = page["conversation"] or held["conversation"]
        rev = page["to_rev"]
        if page["complete"]:
            return held, rev
    raise AssertionError("it never ends")


# --- sync ------------------------------------------------------------------------------------------
def test_sync_lists_what_one_does_not_hold_and_what_is_gone(ruth, amos):
    known, news, left = ruth.direct(amos), ruth.group(amos), ruth.group(amos)
    amos.ok("DELETE", f"conversations/{left}/members/{amos.member_id(left)}/")
    ruth.say(news)
    unknown = str(uuid4())
    held = {known: amos.see(known)["rev"], left: 1, unknown: 1}
    answer = amos.ok("POST", "sync/", {"positions": held})
    entry = {
        "conversation": news,
        "rev": amos.see(news)["rev"],
        "epoch": 1,
        "latest_seq": 1,
        "unread_count": 1,
    }
    assert answer == {
        "changed": [entry],
        "gone": [left, unknown],
        "me_rev": 0,
        "unread_total": 1,
        "server_time": answer["server_time"],
        "next": None,
    }


def test_sync_with_everything_held_is_empty(ruth, amos):
    room = ruth.direct(amos)
    assert ruth.ok("POST", "sync/", {"positions": {room: ruth.see(room)["rev"]}})["changed"] == []


def test_ones_own_marks_and_settings_show_by_me_rev(ruth, amos):
    room, other = ruth.direct(amos), ruth.group()
    ruth.say(room)
    held = {room: amos.see(room)["rev"]}
    amos.ok("POST", f"conversations/{room}/receipts/", {"read": 1})
    answer = amos.ok("POST", "sync/", {"positions": held, "me_rev": 0})
    assert ([row["conversation"] for row in answer["changed"]], answer["me_rev"]) == ([room], 1)
    assert amos.ok("POST", "sync/", {"positions": held, "me_rev": 1})["changed"] == []
    assert ruth.see(other)["unread_count"] == 0


def test_sync_pages(ruth, monkeypatch):
    monkeypatch.setattr(catchup, "SYNC_PAGE", 2)
    rooms = [ruth.group() for _ in range(5)]
    seen, cursor = [], None
    for _ in range(3):
        page = ruth.ok("POST", "sync/", {"positions": {}} | ({"cursor": cursor} if cursor else {}))
        seen += [row["conversation"] for row in page["changed"]]
        cursor = page["next"]
    assert (seen, cursor) == (sorted(rooms), None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"positions": []}, "positions"),
        ({"positions": {"x": 1}}, "positions"),
        ({"positions": {str(uuid4()): "1"}}, "positions[...]"),
        ({"positions": {str(uuid4()): -1}}, "positions[...]"),
        ({"positions": {str(uuid4()): 2**70}}, "positions[...]"),
        ({"positions": {str(uuid4()): 1 for _ in range(1_001)}}, "positions"),
        ({"me_rev": "1"}, "me_rev"),
        ({"cursor": "x"}, "cursor"),
        ({"everything": True}, "everything"),
    ],
)
def test_a_sync_that_cannot_be_is_400(ruth, body, field):
    answer = ruth.post("sync/", body)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), [field])


def test_a_thousand_positions_are_answered(ruth):
    unknown = [str(uuid4()) for _ in range(1_000)]
    assert ruth.ok("POST", "sync/", {"positions": dict.fromkeys(unknown, 1)})["gone"] == unknown


# --- changes ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_paging_through_all_changes_gives_what_is_there(ruth, amos, lydia, limit):
    room = ruth.group(amos, lydia, accepted=False)
    for number in range(4):
        ruth.say(room, str(number))
    amos.ok("POST", f"conversations/{room}/accept/")
    ruth.ok("PATCH", f"conversations/{room}/", {"title": "Morning"})
    ruth.say(room, "last")
    held, rev = replay(ruth, room, limit)
    seen = ruth.see(room)
    history = ruth.ok("GET", f"conversations/{room}/messages/?after=0")["results"]
    assert rev == seen["rev"]
    assert held["messages"] == {row["seq"]: row for row in history}
    assert list(held["members"].values()) == sorted(
        seen["members"], key=lambda row: list(held["members"]).index(row["id"])
    )
    assert held["conversation"]["title"] == "Morning"


def test_members_that_came_at_once_are_not_cut_apart(ruth):
    people = [actor() for _ in range(20)]
    room = ruth.group(*people, accepted=False)
    held, _ = replay(ruth, room, 5)
    assert len(held["members"]) == 21


def test_each_change_takes_one_rev_and_shows_once(ruth, amos):
    room = ruth.group(amos)
    start = ruth.see(room)["rev"]
    ruth.say(room, "one")
    ruth.ok("PATCH", f"conversations/{room}/", {"title": "Two"})
    amos.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")
    page = changes(ruth, room, start)
    assert (page["from_rev"], page["to_rev"], page["complete"], page["reset"]) == (
        start,
        start + 3,
        True,
        False,
    )
    assert [row["rev"] for row in page["messages"]] == [start + 1]
    assert [(row["name"], row["state"]) for row in page["members"]] == [("Amos", "left")]
    assert page["conversation"] == ruth.see(room)
    nothing = changes(ruth, room, start + 3)
    assert (nothing["messages"], nothing["members"], nothing["conversation"]) == ([], [], None)


def test_a_position_ahead_of_the_server_means_reset(ruth):
    room = ruth.group()
    page = changes(ruth, room, 99)
    assert (page["reset"], page["messages"], page["complete"]) == (True, [], True)


@committed
def test_an_edit_shows_again_with_its_new_rev(ruth, amos):
    room = ruth.direct(amos)
    sent = ruth.say(room, "gone")
    owner("UPDATE conversation SET rev = rev + 1 WHERE id = %s", room)
    owner(
        "UPDATE message SET state = 'deleted', content = NULL, request_digest = NULL, rev = rev + 1 WHERE id = %s",
        sent["id"],
    )
    (row,) = changes(amos, room, sent["rev"])["messages"]
    assert (row["seq"], row["rev"], row["state"]) == (1, sent["rev"] + 1, "deleted")


def test_invited_people_see_members_but_no_messages(ruth, amos):
    room = ruth.group(amos, accepted=False)
    ruth.say(room)
    page = changes(amos, room)
    assert (page["messages"], page["receipts"], len(page["members"])) == ([], [], 2)


@pytest.mark.parametrize(
    "query", ["after_rev=x", "after_rev=-1", f"after_rev={2**63}", "after_rev=0&limit=0", "limit=101"]
)
def test_changes_that_cannot_be_are_400(ruth, query):
    room = ruth.group()
    assert ruth.get(f"conversations/{room}/changes/?{query}").refusal == (400, "invalid")


def test_a_change_of_ones_profile_is_among_what_me_rev_counts(ruth, amos):
    ruth.group(amos)

    def revs():
        return [person.ok("POST", "sync/", {"positions": {}})["me_rev"] for person in (ruth, amos)]

    before = revs()
    ruth.ok("PATCH", "me/", {"share_read_receipts": False})
    after = revs()
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 0]
    ruth.ok("PATCH", "me/", {})
    assert revs() == after
