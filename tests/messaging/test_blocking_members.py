"""Blocking somebody by the member id under which one met them."""

import pytest

from tests.messaging.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth():
    return actor("Ruth")


@pytest.fixture
def amos():
    return actor("Amos")


def test_a_member_whose_name_one_sees_is_blocked_as_the_person(ruth, amos):
    member = amos.member_id(ruth.group(amos))
    made = ruth.post("me/blocks/", {"member": member})
    assert (made.status, made.body["id"], made.body["user"], made.body["member"]) == (
        201,
        amos.id,
        amos.id,
        None,
    )
    assert ruth.post("me/blocks/", {"user": amos.id}).body["duplicate"] is True
    assert amos.post("conversations/", {"kind": "direct_message", "members": [ruth.id]}).refusal == (
        403,
        "blocked",
    )


def test_the_block_of_a_named_member_is_lifted_by_either_id(ruth, amos):
    member = amos.member_id(ruth.group(amos))
    for target in (member, amos.id):
        ruth.ok("POST", "me/blocks/", {"member": member})
        assert ruth.delete(f"me/blocks/{target}/").status == 204
        assert ruth.delete(f"me/blocks/{target}/").refusal == (404, "not_found")
    assert ruth.ok("GET", "me/blocks/")["results"] == []


def test_oneself_and_members_of_other_conversations_are_not_blocked(ruth, amos):
    elsewhere = amos.member_id(amos.group(actor("Lydia")))
    assert ruth.post("me/blocks/", {"member": elsewhere}).refusal == (404, "not_found")
    assert ruth.post("me/blocks/", {"member": ruth.member_id(ruth.group(amos))}).refusal == (400, "invalid")


def test_an_anonymous_member_is_never_blocked_as_a_person(ruth, amos):
    """Nor is the block of the person behind lifted by the anonymous member's id."""
    asked = amos.ok("POST", "prayers/", {"title": "Rain", "body": "We need it.", "is_anonymous": True})
    room = ruth.ok("POST", f"prayers/{asked['id']}/conversation/", {"content": "I pray with you."})["id"]
    member = amos.member_id(room)
    ruth.ok("POST", "me/blocks/", {"user": amos.id})
    assert ruth.delete(f"me/blocks/{member}/").refusal == (404, "not_found")
    made = ruth.post("me/blocks/", {"member": member}).body
    assert (made["id"], made["name"], made["user"], made["member"]) == (member, "Someone", None, member)
