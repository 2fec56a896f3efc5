"""Conversations over REST: making, listing, changing."""

from uuid import uuid4

import pytest

from tests.messaging.actors import actor, new_id

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def named(person, member, *, role="member", state="active"):
    """A member as everybody sees it."""
    return {
        "id": member,
        "name": person.name,
        "user": person.id,
        "role": role,
        "state": state,
        "is_anonymous": False,
    }


def test_a_new_group_is_201_with_the_whole_conversation(ruth, amos):
    body = {"kind": "group_prayer", "title": "Evening", "description": "At nine", "members": [amos.id]}
    answer = ruth.post("conversations/", body)
    made = answer.body
    mine, other = made["members"]
    assert (answer.status, answer.headers["Cache-Control"]) == (201, "private, no-store")
    assert made == {
        "id": made["id"],
        "kind": "group_prayer",
        "title": "Evening",
        "description": "At nine",
        "prayer": None,
        "is_private": True,
        "requires_approval": False,
        "is_active": True,
        "disappear_after_s": None,
        "slow_mode_s": 0,
        "is_frozen": False,
        "members": [named(ruth, mine["id"], role="owner"), named(amos, other["id"], state="invited")],
        "member_count": 2,
        "rev": 1,
        "epoch": 1,
        "latest_seq": 0,
        "latest_message": None,
        "created_at": made["created_at"],
        "unread_count": 0,
        "mention_count": 0,
        "my_member": {
            "id": mine["id"],
            "role": "owner",
            "state": "active",
            "is_anonymous": False,
            "read_seq": 0,
            "delivered_seq": 0,
            "muted_until": None,
            "pinned_at": None,
            "archived_at": None,
            "notification_level": "all",
            "marked_unread": False,
            "anonymity_set": 0,
        },
        "duplicate": False,
    }
    del made["duplicate"]
    assert ruth.see(made["id"]) == made


def test_member_ids_are_random_and_differ_between_conversations(ruth, amos):
    ids = [ruth.member_id(ruth.group(amos)) for _ in range(2)]
    assert ids[0] != ids[1]
    assert [id_[14] for id_ in ids] == ["4", "4"]


def test_the_same_client_id_is_200_with_the_first_result_and_another_body_409(ruth, amos, lydia):
    body = {"kind": "group_prayer", "title": "Once", "members": [amos.id], "client_id": str(uuid4())}
    first, again = ruth.post("conversations/", body), ruth.post("conversations/", body)
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body | {"duplicate": True}
    assert ruth.post("conversations/", body | {"title": "Twice"}).refusal == (409, "client_id_reused")
    assert lydia.post("conversations/", body).status == 201  # another person's ids are their own


def test_a_pair_has_one_direct_conversation_whoever_opens_it(ruth, amos):
    first = ruth.post("conversations/", {"kind": "direct_message", "members": [amos.id]})
    again = ruth.post("conversations/", {"kind": "direct_message", "members": [amos.id]})
    assert (first.status, again.status, again.body["id"]) == (201, 200, first.body["id"])
    assert first.body["my_member"]["role"] == "member"
    assert amos.see(first.body["id"])["my_member"]["state"] == "invited"
    other = amos.post("conversations/", {"kind": "direct_message", "members": [ruth.id]})
    assert (other.status, other.body["id"], other.body["my_member"]["state"]) == (
        200,
        first.body["id"],
        "active",
    )


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["kind"]),
        ({"kind": "party"}, ["kind"]),
        ({"kind": "direct_message"}, ["members"]),
        ({"kind": "direct_message", "members": [str(uuid4())]}, ["members"]),
        ({"kind": "direct_message", "members": [str(uuid4()), str(uuid4())]}, ["members"]),
        ({"kind": "direct_message", "members": ["ruth"]}, ["members[0]"]),
        ({"kind": "group_prayer", "members": [str(uuid4())]}, ["members"]),
        ({"kind": "group_prayer", "members": [str(uuid4()) for _ in range(101)]}, ["members"]),
        ({"kind": "group_prayer", "title": ""}, ["title"]),
        ({"kind": "group_prayer", "title": "x" * 101}, ["title"]),
        ({"kind": "group_prayer", "title": "Pr\u0430yerMap"}, ["title"]),
        ({"kind": "group_prayer", "title": "a\u202eb"}, ["title"]),
        ({"kind": "group_prayer", "title": "\u200b"}, ["title"]),
        ({"kind": "group_prayer", "title": 7}, ["title"]),
        ({"kind": "group_prayer", "description": "x" * 2001}, ["description"]),
        ({"kind": "group_prayer", "is_private": "no"}, ["is_private"]),
        ({"kind": "group_prayer", "colour": "red"}, ["colour"]),
        ({"kind": "group_prayer", "client_id": "one"}, ["client_id"]),
        ({"kind": "group_prayer", "prayer": str(uuid4())}, ["prayer"]),
        ({"kind": "prayer_response"}, ["prayer"]),
        ({"kind": "direct_message", "title": "Ours", "members": [str(uuid4())]}, ["title"]),
    ],
)
def test_a_conversation_that_cannot_be_is_400_with_its_field(ruth, body, fields):
    answer = ruth.post("conversations/", body)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), fields)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.body) == {"type", "title", "status", "detail", "code", "errors"}


def test_oneself_and_one_person_twice_are_400(ruth, amos):
    for members in ([ruth.id], [amos.id, amos.id]):
        answer = ruth.post("conversations/", {"kind": "group_prayer", "members": members})
        assert (answer.refusal, answer.fields) == ((400, "invalid"), ["members"])
    assert ruth.post("conversations/", {"kind": "direct_message", "members": [ruth.id]}).fields == ["members"]


def test_a_block_either_way_refuses_a_direct_conversation(ruth, amos):
    amos.blocks(ruth)
    for who, other in ((ruth, amos), (amos, ruth)):
        answer = who.post("conversations/", {"kind": "direct_message", "members": [other.id]})
        assert answer.refusal == (403, "blocked")


def test_an_anonymous_opener_is_someone_to_the_other(ruth, amos):
    body = {"kind": "direct_message", "members": [amos.id], "is_anonymous": True}
    made = ruth.ok("POST", "conversations/", body)
    seen = amos.see(made["id"])
    hidden = {
        "id": made["my_member"]["id"],
        "name": "Someone",
        "user": None,
        "role": "member",
        "state": "active",
    }
    assert seen["members"][0] == hidden | {"is_anonymous": True}
    assert ruth.id not in str(seen)
    assert (
        amos.ok("POST", "conversations/", {"kind": "direct_message", "members": [ruth.id]})["id"]
        != made["id"]
    )


def test_a_block_does_not_show_on_an_anonymous_opener(ruth, amos):
    amos.blocks(ruth)
    body = {"kind": "direct_message", "members": [amos.id], "is_anonymous": True}
    assert ruth.post("conversations/", body).status == 201


def test_a_foreign_conversation_is_404_like_one_that_is_not(ruth, lydia):
    room = ruth.group()
    for path in (f"conversations/{room}/", f"conversations/{uuid4()}/", "conversations/one/"):
        assert lydia.get(path).refusal == (404, "not_found")


def test_only_admins_change_settings_and_each_change_takes_one_rev(ruth, amos):
    room = ruth.group(amos)
    before = ruth.see(room)
    change = {"title": "Morning", "description": "At six", "is_private": False, "requires_approval": True}
    changed = ruth.ok("PATCH", f"conversations/{room}/", change)
    assert changed == before | change | {"rev": before["rev"] + 1}
    assert ruth.ok("PATCH", f"conversations/{room}/", change)["rev"] == changed["rev"]  # nothing differs
    assert ruth.ok("PATCH", f"conversations/{room}/", {})["rev"] == changed["rev"]
    assert amos.patch(f"conversations/{room}/", change).refusal == (403, "forbidden")
    assert ruth.patch(f"conversations/{room}/", {"title": ""}).fields == ["title"]
    assert ruth.patch(f"conversations/{room}/", {"kind": "group_prayer"}).fields == ["kind"]


def test_titles_are_normalised(ruth):
    room = ruth.group(title="Cafe\u0301")
    assert ruth.see(room)["title"] == "Caf\u00e9"


def test_a_conversation_of_two_has_no_settings(ruth, amos):
    room = ruth.direct(amos)
    assert ruth.patch(f"conversations/{room}/", {"title": "Ours"}).refusal == (409, "conflict")


def test_ones_own_settings_change_nothing_for_others(ruth, amos):
    room = ruth.direct(amos)
    before, others = ruth.see(room), amos.see(room)
    settings = {
        "muted_until": "2100-01-01T00:00:00Z",
        "pinned": True,
        "archived": True,
        "notification_level": "none",
    }
    mine = ruth.ok("PATCH", f"conversations/{room}/me/", settings)["my_member"]
    assert mine["pinned_at"] is not None
    assert mine["archived_at"] is not None
    expected = before["my_member"] | {
        "muted_until": "2100-01-01T00:00:00Z",
        "notification_level": "none",
        "pinned_at": mine["pinned_at"],
        "archived_at": mine["archived_at"],
    }
    assert mine == expected
    assert amos.see(room) == others
    back = {"muted_until": None, "pinned": False, "archived": False, "notification_level": "all"}
    assert ruth.ok("PATCH", f"conversations/{room}/me/", back) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"pinned": None}, "pinned"),
        ({"pinned": 1}, "pinned"),
        ({"muted_until": "tomorrow"}, "muted_until"),
        ({"muted_until": "2100-01-01T00:00:00"}, "muted_until"),
        ({"muted_until": "9999-12-31T23:59:59-23:00"}, "muted_until"),
        ({"muted_until": "0001-01-01T00:00:00+23:00"}, "muted_until"),
        ({"notification_level": "some"}, "notification_level"),
        ({"read_seq": 1}, "read_seq"),
    ],
)
def test_own_settings_that_cannot_be_are_400(ruth, body, field):
    room = ruth.group()
    answer = ruth.patch(f"conversations/{room}/me/", body)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), [field])


def test_each_own_change_steps_me_rev_once(ruth, amos):
    room = ruth.direct(amos)
    steps = [ruth.ok("POST", "sync/", {})["me_rev"]]
    for body in ({"pinned": True}, {"pinned": True}, {"archived": True}, {}):
        ruth.ok("PATCH", f"conversations/{room}/me/", body)
        steps.append(ruth.ok("POST", "sync/", {})["me_rev"])
    assert steps == [0, 1, 1, 2, 2]


@committed
def test_more_conversations_a_day_than_allowed_are_429(ruth, settings):
    settings.LIMITS = settings.LIMITS | {"conversations": "3/day"}
    answers = [ruth.post("conversations/", {"kind": "group_prayer"}) for _ in range(4)]
    assert [answer.status for answer in answers] == [201, 201, 201, 429]
    assert answers[-1].code == "rate_limited"
    wait = answers[-1].body["retry_after_ms"]
    assert 86_000_000 < wait <= 86_400_000
    assert abs(int(answers[-1].headers["Retry-After"]) - wait / 1000) <= 1


@committed
def test_more_invitations_a_day_than_allowed_are_429(ruth, settings):
    settings.INVITATIONS_PER_DAY_NEW, settings.INVITATIONS_PER_DAY = 5, 20
    room = ruth.group()
    people = [actor() for _ in range(6)]
    answers = [ruth.post(f"conversations/{room}/members/", {"user": who.id}) for who in people]
    assert [answer.status for answer in answers] == [201] * 5 + [429]
    more = {"kind": "group_prayer", "members": [people[0].id], "client_id": new_id()}
    assert ruth.post("conversations/", more).refusal == (429, "rate_limited")
