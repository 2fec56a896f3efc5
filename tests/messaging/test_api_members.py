"""Coming in and going: invitations, requests, roles, leaving."""

from uuid import uuid4

import pytest

from tests.messaging.actors import actor
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def invite(person, room, other, **more):
    return person.post(f"conversations/{room}/members/", {"user": other.id} | more)


def states(person, room):
    """Names and states of the listed members."""
    rows = person.ok("GET", f"conversations/{room}/members/")["results"]
    return {row["name"]: row["state"] for row in rows}


def member_of(person, room, name):
    """The member id of somebody listed."""
    rows = person.ok("GET", f"conversations/{room}/members/")["results"]
    return next(row["id"] for row in rows if row["name"] == name)


def roles(person, room):
    rows = person.ok("GET", f"conversations/{room}/members/")["results"]
    return {row["name"]: row["role"] for row in rows}


def rev(person, room):
    return person.see(room)["rev"]


# --- invitations -----------------------------------------------------------------------------------
def test_inviting_is_201_and_again_200(ruth, amos):
    room = ruth.group()
    before = rev(ruth, room)
    first, again = invite(ruth, room, amos), invite(ruth, room, amos)
    invited = {"name": "Amos", "user": amos.id, "role": "member", "state": "invited", "is_anonymous": False}
    assert (first.status, first.body) == (201, invited | {"id": first.body["id"]})
    assert (again.status, again.body) == (200, first.body)
    assert (rev(ruth, room), ruth.see(room)["member_count"]) == (before + 1, 2)


def test_an_invitation_has_a_client_id_of_its_own(ruth, amos, lydia):
    room = ruth.group()
    key = {"client_id": str(uuid4())}
    first, again = invite(ruth, room, amos, **key), invite(ruth, room, amos, **key)
    assert (first.status, again.status, again.body) == (201, 200, first.body)
    assert invite(ruth, room, lydia, **key).refusal == (409, "client_id_reused")


def test_accepting_enters_and_once_more_changes_nothing(ruth, amos):
    room = ruth.group(amos, accepted=False)
    before = rev(ruth, room)
    entered = amos.post(f"conversations/{room}/accept/")
    assert (entered.status, entered.body["my_member"]["state"], entered.body["rev"]) == (
        200,
        "active",
        before + 1,
    )
    assert amos.ok("POST", f"conversations/{room}/accept/")["rev"] == before + 1
    assert amos.post(f"conversations/{room}/decline/").refusal == (409, "conflict")


def test_declining_leaves_ones_list_and_looks_pending_to_others(ruth, amos):
    room = ruth.group(amos, accepted=False)
    before = ruth.see(room)
    assert amos.post(f"conversations/{room}/decline/").status == 204
    assert ruth.see(room) == before
    assert amos.get(f"conversations/{room}/").refusal == (404, "not_found")
    assert amos.ok("GET", "conversations/")["results"] == []
    for step in ("accept", "decline"):
        assert amos.post(f"conversations/{room}/{step}/").refusal == (404, "not_found")
    assert invite(ruth, room, amos).status == 200  # not asked again
    assert amos.get(f"conversations/{room}/").status == 404


@committed
def test_a_declined_person_may_be_asked_again_after_thirty_days(ruth, amos):
    room = ruth.group(amos, accepted=False)
    amos.post(f"conversations/{room}/decline/")
    owner("UPDATE participant SET declined_at = now() - interval '29 days' WHERE user_id = %s", amos.id)
    assert invite(ruth, room, amos).status == 200
    owner("UPDATE participant SET declined_at = now() - interval '31 days' WHERE user_id = %s", amos.id)
    before = rev(ruth, room)
    assert invite(ruth, room, amos).status == 201
    assert rev(ruth, room) == before + 1
    assert amos.see(room)["my_member"]["state"] == "invited"


def test_only_admins_of_a_group_invite(ruth, amos, lydia):
    room, pair = ruth.group(amos), ruth.direct(amos)
    assert invite(amos, room, lydia).refusal == (403, "forbidden")
    assert invite(ruth, pair, lydia).refusal == (409, "conflict")
    assert invite(lydia, room, lydia).refusal == (404, "not_found")
    unknown = ruth.post(f"conversations/{room}/members/", {"user": str(uuid4())})
    assert unknown.refusal == (400, "invalid")
    assert invite(ruth, room, ruth).refusal == (400, "invalid")


def test_who_blocked_the_inviter_is_listed_and_never_told(ruth, amos):
    amos.blocks(ruth)
    room = ruth.group()
    assert invite(ruth, room, amos).status == 201
    assert states(ruth, room) == {"Ruth": "active", "Amos": "invited"}
    assert amos.get(f"conversations/{room}/").refusal == (404, "not_found")
    assert amos.ok("GET", "conversations/")["results"] == []
    assert amos.ok("POST", "sync/", {})["changed"] == []
    assert amos.post(f"conversations/{room}/accept/").refusal == (404, "not_found")


def test_inviting_somebody_who_is_there_anonymously_answers_as_for_an_outsider(ruth, amos):
    room = ruth.group(amos, is_anonymous=True)
    ruth_member = ruth.member_id(room)
    ruth.ok("PATCH", f"conversations/{room}/members/{member_of(ruth, room, 'Amos')}/", {"role": "admin"})
    answer = invite(amos, room, ruth)
    assert (answer.status, answer.body["name"], answer.body["state"]) == (201, "Ruth", "invited")
    assert answer.body["id"] != ruth_member
    assert ruth.say(room, "still here")["sender_name"] == "Someone"


# --- message requests ------------------------------------------------------------------------------
def test_a_stranger_sends_three_messages_until_accepted(ruth, amos):
    room = ruth.direct(amos, accepted=False)
    answers = [ruth.try_say(room).refusal for _ in range(4)]
    assert answers == [(201, None)] * 3 + [(403, "request_pending")]
    amos.ok("POST", f"conversations/{room}/accept/")
    assert amos.see(room)["unread_count"] == 3
    assert ruth.try_say(room).status == 201


def test_people_who_share_a_conversation_are_no_strangers(ruth, amos):
    ruth.group(amos)
    room = ruth.direct(amos, accepted=False)
    assert [ruth.try_say(room).status for _ in range(5)] == [201] * 5


def test_a_shared_invitation_makes_no_acquaintance(ruth, amos):
    ruth.group(amos, accepted=False)
    room = ruth.direct(amos, accepted=False)
    assert [ruth.try_say(room).status for _ in range(4)] == [201, 201, 201, 403]


def test_a_declined_request_looks_pending_and_cannot_be_repeated(ruth, amos):
    room = ruth.direct(amos, accepted=False)
    ruth.say(room)
    amos.post(f"conversations/{room}/decline/")
    assert ruth.post("conversations/", {"kind": "direct_message", "members": [amos.id]}).status == 200
    assert [ruth.try_say(room).status for _ in range(3)] == [201, 201, 403]
    assert states(ruth, room) == {"Ruth": "active", "Amos": "invited"}
    assert amos.ok("GET", "conversations/")["results"] == []


@committed
def test_a_declined_request_can_be_repeated_after_thirty_days(ruth, amos):
    room = ruth.direct(amos, accepted=False)
    amos.post(f"conversations/{room}/decline/")
    owner("UPDATE participant SET declined_at = now() - interval '31 days' WHERE user_id = %s", amos.id)
    assert ruth.ok("POST", "conversations/", {"kind": "direct_message", "members": [amos.id]})["id"] == room
    assert amos.see(room)["my_member"]["state"] == "invited"
    assert [ruth.try_say(room).status for _ in range(4)] == [201, 201, 201, 403]


def test_who_declined_may_open_the_conversation_after_all(ruth, amos):
    room = ruth.direct(amos, accepted=False)
    amos.post(f"conversations/{room}/decline/")
    opened = amos.ok("POST", "conversations/", {"kind": "direct_message", "members": [ruth.id]})
    assert (opened["id"], opened["my_member"]["state"]) == (room, "active")


def test_who_left_a_pair_comes_back_by_opening_it_and_is_asked_again_by_the_other(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room, "before")
    amos.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")
    ruth.say(room, "while away")
    amos.ok("POST", "conversations/", {"kind": "direct_message", "members": [ruth.id]})
    assert amos.ok("GET", f"conversations/{room}/messages/")["results"] == []
    ruth.say(room, "again")
    assert [row["content"] for row in amos.ok("GET", f"conversations/{room}/messages/")["results"]] == [
        "again"
    ]
    amos.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")
    ruth.ok("POST", "conversations/", {"kind": "direct_message", "members": [amos.id]})
    assert amos.see(room)["my_member"]["state"] == "invited"


# --- open groups -----------------------------------------------------------------------------------
def test_an_open_group_is_joined_by_its_id(ruth, amos):
    room = ruth.group(is_private=False)
    ruth.say(room, "before")
    before = rev(ruth, room)
    joined = amos.ok("POST", f"conversations/{room}/join/")
    assert (joined["my_member"]["state"], joined["rev"], joined["unread_count"]) == ("active", before + 1, 0)
    assert amos.ok("POST", f"conversations/{room}/join/") == joined
    assert amos.ok("GET", f"conversations/{room}/messages/")["results"] == []


def test_a_private_group_and_a_pair_cannot_be_joined(ruth, amos, lydia):
    for room in (ruth.group(), ruth.direct(amos), str(uuid4())):
        assert lydia.post(f"conversations/{room}/join/").refusal == (404, "not_found")


def test_an_admin_approves_who_asked_to_join(ruth, amos, lydia):
    room = ruth.group(lydia, is_private=False, requires_approval=True)
    asked = amos.ok("POST", f"conversations/{room}/join/")
    member = asked["my_member"]["id"]
    assert asked["my_member"]["state"] == "requested"
    assert amos.try_say(room).refusal == (403, "forbidden")
    assert amos.post(f"conversations/{room}/accept/").refusal == (409, "conflict")
    path = f"conversations/{room}/members/{member}/"
    assert lydia.patch(path, {"state": "active"}).refusal == (403, "forbidden")
    assert ruth.ok("PATCH", path, {"state": "active"})["state"] == "active"
    assert amos.say(room)["seq"] == 1
    assert ruth.ok("PATCH", path, {"state": "active"})["state"] == "active"


def test_a_request_is_refused_by_removing_and_withdrawn_by_leaving(ruth, amos, lydia):
    room = ruth.group(is_private=False, requires_approval=True)
    for who in (amos, lydia):
        who.ok("POST", f"conversations/{room}/join/")
    assert ruth.delete(f"conversations/{room}/members/{member_of(ruth, room, 'Amos')}/").status == 204
    assert lydia.delete(f"conversations/{room}/members/{lydia.member_id(room)}/").status == 204
    assert states(ruth, room) == {"Ruth": "active"}
    assert amos.post(f"conversations/{room}/join/").refusal == (404, "not_found")
    assert lydia.ok("POST", f"conversations/{room}/join/")["my_member"]["state"] == "requested"


def test_an_invited_person_joins_an_open_group_without_approval(ruth, amos, lydia):
    room = ruth.group(amos, is_private=False, requires_approval=True, accepted=False)
    ruth.say(room, "since the invitation")
    joined = amos.ok("POST", f"conversations/{room}/join/")
    assert (joined["my_member"]["state"], joined["unread_count"]) == ("active", 1)
    lydia.blocks(ruth)
    invite(ruth, room, lydia)
    assert lydia.ok("POST", f"conversations/{room}/join/")["my_member"]["state"] == "active"


# --- going -----------------------------------------------------------------------------------------
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


# --- roles -----------------------------------------------------------------------------------------
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


# --- lists -----------------------------------------------------------------------------------------
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
