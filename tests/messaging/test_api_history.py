"""Reading messages over REST: pages, single ones, what is gone."""

import pytest

from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


def seqs(page):
    return [row["seq"] for row in page["results"]]


def test_a_late_joiner_sees_from_their_time_on_and_no_quote_from_before(ruth, amos, lydia):
    room = ruth.group(amos)
    for number in range(3):
        ruth.say(room, str(number))
    ruth.ok("POST", f"conversations/{room}/members/", {"user": lydia.id})
    ruth.say(room, "four", reply_to=2)
    lydia.ok("POST", f"conversations/{room}/accept/")
    ruth.say(room, "five", reply_to=4)
    page = lydia.ok("GET", f"conversations/{room}/messages/")
    assert [(row["seq"], row["reply_to"] and row["reply_to"]["seq"]) for row in page["results"]] == [
        (5, 4),
        (4, None),
    ]
    assert (page["next"], page["previous"]) == (None, None)
    assert lydia.get(f"conversations/{room}/messages/3/").refusal == (404, "not_found")
    assert lydia.try_say(room, reply_to=3).fields == ["reply_to"]
    for query in ("after=0", "around=1&limit=5", "before=6"):
        assert sorted(seqs(lydia.ok("GET", f"conversations/{room}/messages/?{query}"))) == [4, 5]
    assert lydia.see(room)["unread_count"] == 2
    assert [
        row["seq"] for row in lydia.ok("GET", f"conversations/{room}/changes/?after_rev=0")["messages"]
    ] == [4, 5]


def test_history_pages_both_ways_and_its_links_lead_on(ruth, room):
    for number in range(1, 11):
        ruth.say(room, str(number))
    path = f"conversations/{room}/messages/"
    newest = ruth.ok("GET", f"{path}?limit=4")
    older = ruth.ok("GET", newest["next"])
    oldest = ruth.ok("GET", older["next"])
    assert [seqs(page) for page in (newest, older, oldest)] == [[10, 9, 8, 7], [6, 5, 4, 3], [2, 1]]
    assert (newest["previous"], oldest["next"]) == (None, None)
    assert seqs(ruth.ok("GET", older["previous"])) == [7, 8, 9, 10]
    assert seqs(ruth.ok("GET", f"{path}?before=4")) == [3, 2, 1]
    after = ruth.ok("GET", f"{path}?after=2&limit=3")
    assert seqs(after) == [3, 4, 5]
    assert seqs(ruth.ok("GET", after["next"])) == [6, 7, 8]
    assert seqs(ruth.ok("GET", after["previous"])) == [2, 1]
    around = ruth.ok("GET", f"{path}?around=5&limit=4")
    assert seqs(around) == [3, 4, 5, 6]
    assert seqs(ruth.ok("GET", around["next"])) == [7, 8, 9, 10]
    assert seqs(ruth.ok("GET", around["previous"])) == [2, 1]
    assert seqs(ruth.ok("GET", f"{path}?around=1&limit=3")) == [1, 2, 3]
    assert seqs(ruth.ok("GET", f"{path}?around=10&limit=4")) == [8, 9, 10]
    nothing = {"results": [], "next": None, "previous": None}
    assert ruth.ok("GET", f"{path}?before=1") == ruth.ok("GET", f"{path}?after=10") == nothing


@pytest.mark.parametrize(
    "query",
    ["before=x", "after=-1", "around=1.5", "before=%00", "limit=0", "limit=101", "before=1&after=2", f"before={2**63}",
     "before=" + "0" * 25 + "9" * 30, "after=" + "9" * 5000, "around=\u0661"],
)  # fmt: skip
def test_a_cursor_that_cannot_be_is_400(ruth, room, query):
    assert ruth.get(f"conversations/{room}/messages/?{query}").refusal == (400, "invalid")


@pytest.mark.parametrize("seq", ["0", "2", str(2**62), str(2**63), "9" * 5000, "-1", "x"])
def test_a_number_without_a_message_is_404(ruth, room, seq):
    ruth.say(room)
    assert ruth.get(f"conversations/{room}/messages/{seq}/").refusal == (404, "not_found")


@committed
def test_a_tombstone_says_nothing(ruth, amos, room):
    sent = ruth.say(room, "gone")
    amos.say(room, "re", reply_to=1)
    owner(
        "UPDATE message SET state = 'deleted', content = NULL, request_digest = NULL WHERE id = %s",
        sent["id"],
    )
    tombstone = amos.ok("GET", f"conversations/{room}/messages/1/")
    del sent["duplicate"]
    assert tombstone == sent | {"is_mine": False, "state": "deleted", "content": None}
    assert amos.ok("GET", f"conversations/{room}/messages/2/")["reply_to"]["preview"] is None


@committed
def test_a_hidden_message_keeps_its_text_from_everybody(ruth, amos, room):
    sent = ruth.say(room, "hurtful", mentions=[amos.member_id(room)])
    owner("UPDATE message SET state = 'hidden' WHERE id = %s", sent["id"])
    for who in (ruth, amos):
        assert "hurtful" not in str(who.ok("GET", f"conversations/{room}/messages/1/"))
        assert who.see(room)["latest_message"]["preview"] is None
        assert "hurtful" not in str(who.ok("GET", f"conversations/{room}/changes/?after_rev=0"))
