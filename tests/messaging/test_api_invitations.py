"""Being asked in: inviting, accepting, declining."""

from uuid import uuid4

import pytest

from tests.messaging.lines import owner
from tests.messaging.membership import invite, member_of, rev, states

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def test_inviting_is_201_and_again_200(ruth, amos):
    room = ruth.group()
    before = rev(ruth, room)
    first, again = invite(ruth, room, amos), invite(ruth, room, amos)
    invited = {"name": "Amos", "user": amos.id, "role": "member", "state": "invited", "is_anonymous": False}
    assert (first.status, first.body) == (201, invited | {"id": first.body["id"], "duplicate": False})
    assert (again.status, again.body) == (200, first.body | {"duplicate": True})
    assert (rev(ruth, room), ruth.see(room)["member_count"]) == (before + 1, 2)


def test_an_invitation_has_a_client_id_of_its_own(ruth, amos, lydia):
    room = ruth.group()
    key = {"client_id": str(uuid4())}
    first, again = invite(ruth, room, amos, **key), invite(ruth, room, amos, **key)
    assert (first.status, again.status, again.body) == (201, 200, first.body | {"duplicate": True})
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
