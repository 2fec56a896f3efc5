"""Going, roles, and lists of members."""

from uuid import uuid4

import pytest

from tests.messaging.actors import actor
from tests.messaging.membership import invite, member_of, rev, roles, states

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def test_leaving_ends_what_one_sees(ruth, amos):
    room = ruth.group(amos)
    before = rev(ruth, room)
    assert amos.delete(f"conversations/{room}/members/{amos.member_id(room)}/").status == 204
    assert (states(ruth, room), rev(ruth, room)) == ({"Ruth": "active"}, before + 1)
    for path in ("", "messages/", "members/", "changes/?after_rev=0", "typing/"):
        assert amos.get(f"conversations/{room}/{path}").refusal == (404, "not_found")
    assert amos.ok("POST", "sync/", {"positions": {room: 1}})["gone"] == [room]


def test_the_last_owner_hands_over_to_the_oldest_admin_else_the_oldest_member(ruth, amos, lydia, naomi):
    room = ruth.group(amos, lydia, naomi)
    ruth.ok("PATCH", f"conversations/{room}/members/{lydia.member_id(room)}/", {"role": "admin"})
    ruth.ok("DELETE", f"conversations/{room}/members/{ruth.member_id(room)}/")
    assert roles(amos, room) == {"Amos": "member", "Lydia": "owner", "Naomi": "member"}
    lydia.ok("DELETE", f"conversations/{room}/members/{lydia.member_id(room)}/")
    assert roles(amos, room) == {"Amos": "owner", "Naomi": "member"}


def test_an_invitation_left_is_declined(ruth, amos):
    room = ruth.group(amos, accepted=False)
    assert amos.delete(f"conversations/{room}/members/{amos.member_id(room)}/").status == 204
    assert states(ruth, room) == {"Ruth": "active", "Amos": "invited"}


def test_a_removed_member_sees_nothing_and_does_not_come_back_alone(ruth, amos):
    room = ruth.group(amos, is_private=False)
    member = amos.member_id(room)
    assert ruth.delete(f"conversations/{room}/members/{member}/").status == 204
    assert ruth.delete(f"conversations/{room}/members/{member}/").status == 204
    assert amos.get(f"conversations/{room}/").refusal == (404, "not_found")
    assert amos.post(f"conversations/{room}/join/").refusal == (404, "not_found")
    assert invite(ruth, room, amos).status == 201
    assert amos.ok("POST", f"conversations/{room}/accept/")["my_member"]["id"] == member


def test_removing_is_for_admins_and_of_admins_for_owners(ruth, amos, lydia, naomi):
    room = ruth.group(amos, lydia, naomi)
    path = f"conversations/{room}/members/"
    ids = {who.name: who.member_id(room) for who in (ruth, amos, lydia, naomi)}
    for name in ("Amos", "Lydia"):
        ruth.ok("PATCH", f"{path}{ids[name]}/", {"role": "admin"})
    assert naomi.delete(f"{path}{ids['Amos']}/").refusal == (403, "forbidden")
    assert amos.delete(f"{path}{ids['Lydia']}/").refusal == (403, "forbidden")
    assert amos.delete(f"{path}{ids['Ruth']}/").refusal == (403, "forbidden")
    assert amos.delete(f"{path}{ids['Naomi']}/").status == 204
    assert ruth.delete(f"{path}{ids['Lydia']}/").status == 204
    assert ruth.delete(f"{path}{uuid4()}/").refusal == (404, "not_found")
    pair = ruth.direct(amos)
    assert ruth.delete(f"conversations/{pair}/members/{amos.member_id(pair)}/").refusal == (403, "forbidden")


def test_owners_give_roles_and_the_last_one_keeps_theirs(ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    path = f"conversations/{room}/members/"
    mine, his = ruth.member_id(room), amos.member_id(room)
    before = rev(ruth, room)
    assert ruth.ok("PATCH", f"{path}{his}/", {"role": "admin"})["role"] == "admin"
    assert rev(ruth, room) == before + 1
    assert amos.patch(f"{path}{lydia.member_id(room)}/", {"role": "admin"}).refusal == (403, "forbidden")
    assert ruth.patch(f"{path}{mine}/", {"role": "member"}).refusal == (409, "conflict")
    ruth.ok("PATCH", f"{path}{his}/", {"role": "owner"})
    assert ruth.ok("PATCH", f"{path}{mine}/", {"role": "member"})["role"] == "member"
    assert roles(ruth, room) == {"Ruth": "member", "Amos": "owner", "Lydia": "member"}


@pytest.mark.parametrize(
    ("body", "fields"),
    [({}, ["role"]), ({"role": "king"}, ["role"]), ({"state": "left"}, ["state"]), ({"name": "x"}, ["name"])],
)
def test_a_change_of_a_member_that_cannot_be_is_400(ruth, body, fields):
    room = ruth.group()
    answer = ruth.patch(f"conversations/{room}/members/{ruth.member_id(room)}/", body)
    assert (answer.refusal, answer.fields) == ((400, "invalid"), fields)


def test_a_pair_has_no_roles(ruth, amos):
    room = ruth.direct(amos)
    path = f"conversations/{room}/members/{amos.member_id(room)}/"
    assert ruth.patch(path, {"role": "admin"}).refusal == (409, "conflict")


def test_an_invited_person_cannot_be_made_active_by_an_admin(ruth, amos):
    room = ruth.group(amos, accepted=False)
    path = f"conversations/{room}/members/{member_of(ruth, room, 'Amos')}/"
    assert ruth.patch(path, {"state": "active"}).refusal == (409, "conflict")


def test_members_are_paged_and_found_by_their_ids_whatever_became_of_them(ruth):
    people = [actor() for _ in range(12)]
    room = ruth.group(*people)
    seen, path = [], f"conversations/{room}/members/?limit=5"
    while path:
        page = ruth.ok("GET", path)
        seen += [row["id"] for row in page["results"]]
        path = page["next"]
    assert (len(seen), len(set(seen)), seen) == (13, 13, sorted(seen))
    assert len(ruth.see(room)["members"]) == 10
    gone = people[0].member_id(room)
    people[0].ok("DELETE", f"conversations/{room}/members/{gone}/")
    found = ruth.ok("GET", f"conversations/{room}/members/?ids={gone},{uuid4()}")["results"]
    assert [(row["id"], row["state"]) for row in found] == [(gone, "left")]


@pytest.mark.parametrize(
    "query",
    ["ids=x", "ids=" + ",".join(str(uuid4()) for _ in range(101)), "limit=0", "cursor=x", "cursor=%00"],
)
def test_a_list_of_members_that_cannot_be_is_400(ruth, query):
    room = ruth.group()
    assert ruth.get(f"conversations/{room}/members/?{query}").refusal == (400, "invalid")


def test_members_of_a_foreign_conversation_are_404_by_id_too(ruth, lydia):
    room = ruth.group()
    member = ruth.member_id(room)
    own = lydia.group()
    assert lydia.get(f"conversations/{room}/members/?ids={member}").status == 404
    assert lydia.ok("GET", f"conversations/{own}/members/?ids={member}")["results"] == []
    assert lydia.patch(f"conversations/{own}/members/{member}/", {"role": "admin"}).status == 404
    assert lydia.delete(f"conversations/{own}/members/{member}/").status == 404


def test_an_anonymous_member_is_someone_everywhere(ruth, amos, lydia):
    room = ruth.group(amos, lydia, is_anonymous=True)
    mine = ruth.member_id(room)
    ruth.say(room, "first")
    ruth.ok("POST", f"conversations/{room}/receipts/", {"read": 1})
    ruth.ok("POST", f"conversations/{room}/typing/", {"is_typing": True})
    amos.say(room, "re", reply_to=1)
    hidden = {
        "id": mine,
        "name": "Someone",
        "user": None,
        "role": "owner",
        "state": "active",
        "is_anonymous": True,
    }
    pages = [
        amos.see(room),
        amos.ok("GET", "conversations/"),
        amos.ok("GET", f"conversations/{room}/members/"),
        amos.ok("GET", f"conversations/{room}/members/?ids={mine}"),
        amos.ok("GET", f"conversations/{room}/messages/"),
        amos.ok("GET", f"conversations/{room}/messages/2/"),
        amos.ok("GET", f"conversations/{room}/changes/?after_rev=0"),
        amos.ok("GET", f"conversations/{room}/typing/"),
        amos.ok("POST", "sync/", {}),
    ]
    for page in pages:
        assert ruth.id not in str(page)
        assert "Ruth" not in str(page)
    assert pages[0]["members"][0] == hidden
    assert pages[6]["receipts"] == [{"member": lydia.member_id(room), "delivered_seq": 0, "read_seq": 0}]
    assert pages[7] == {"members": []}


@committed
def test_a_full_conversation_takes_nobody_else(ruth, amos, lydia, settings):
    settings.ACTIVE_MEMBERS = 2
    room = ruth.group(amos, is_private=False)
    assert lydia.post(f"conversations/{room}/join/").refusal == (409, "conflict")
    invite(ruth, room, lydia)
    assert lydia.post(f"conversations/{room}/accept/").refusal == (409, "conflict")
    amos.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")
    assert lydia.ok("POST", f"conversations/{room}/accept/")["my_member"]["state"] == "active"
