"""The short way in front of Django tells every role the same as Django does."""

import pytest

from prayermap.lib.http.views import requests
from tests.isolation.roles import NOT_SIGNED_IN, ROLES
from tests.messaging.both_ways import asking, differing, posted, timeless

pytestmark = pytest.mark.django_db(transaction=True)
QUERIES = ["", "?limit=1", "?before=2", "?after=0", "?after=1&limit=1", "?limit=0", "?around=1"]


def test_every_role_is_told_the_same(world):
    requests.clear()
    rooms = (world.group, world.direct)

    async def work(both):
        await both.both(f"/api/v1/conversations/{world.group}/messages/", world.people["owner"].headers)
        return {
            role: [
                await both.both(f"/api/v1/conversations/{room}/messages/{query}", world.people[role].headers)
                for room in rooms
                for query in QUERIES
            ]
            for role in ROLES
        }

    pairs = asking(work)
    assert [fault for role in ROLES for fault in differing(pairs[role])] == []
    short = {role for role in ROLES if any(pair.was_short for pair in pairs[role])}
    assert short == {"blocked", "anonymous", "member", "admin", "owner"}


LISTS = [
    "",
    "?limit=1",
    "?archived=false",
    "?state=active",
    "?state=invited",
    "?kind=direct_message",
    "?limit=0",
    "?cursor=cj0x",
]


def test_every_role_has_the_same_list(world):
    requests.clear()

    async def work(both):
        await both.both("/api/v1/conversations/", world.people["owner"].headers)
        return {
            role: [
                await both.both(f"/api/v1/conversations/{query}", world.people[role].headers)
                for query in (*LISTS, f"?prayer={world.prayer}")
            ]
            for role in ROLES
        }

    pairs = asking(work)
    assert [fault for role in ROLES for fault in differing(pairs[role])] == []
    whole = {role: pairs[role][0] for role in ROLES}
    assert {role for role in ROLES if not whole[role].was_short} == set(NOT_SIGNED_IN)
    listed = {role for role in ROLES if world.group.encode() in whole[role].short.body}
    assert listed == {"invited", "requested", "anonymous", "member", "admin", "owner"}
    assert world.direct.encode() in whole["blocked"].short.body


CHANGES = ["?after_rev=0", "?after_rev=2", "?after_rev=2&limit=1", "?after_rev=999", "?after_rev=x"]


def test_every_role_is_told_the_same_changes(world):
    requests.clear()
    rooms = (world.group, world.direct)

    async def work(both):
        path = f"/api/v1/conversations/{world.group}/changes/?after_rev=999"
        await both.both(path, world.people["owner"].headers)
        return {
            role: [
                await both.both(f"/api/v1/conversations/{room}/changes/{query}", world.people[role].headers)
                for room in rooms
                for query in CHANGES
            ]
            for role in ROLES
        }

    pairs = asking(work)
    assert [fault for role in ROLES for fault in differing(pairs[role])] == []
    short = {role for role in ROLES if any(pair.was_short for pair in pairs[role])}
    assert short.isdisjoint(NOT_SIGNED_IN)
    assert {"blocked", "anonymous", "member", "admin", "owner"} <= short


def test_every_role_syncs_the_same(world):
    requests.clear()
    bodies = [{}, {"positions": {world.group: 1, world.direct: 1}, "me_rev": 0}, {"cursor": "x"}]

    async def work(both):
        await both.both("/api/v1/sync/", **posted(world.people["owner"].headers, {}))
        return {
            role: [
                timeless(await both.both("/api/v1/sync/", **posted(world.people[role].headers, body)))
                for body in bodies
            ]
            for role in ROLES
        }

    pairs = asking(work)
    assert [fault for role in ROLES for fault in differing(pairs[role])] == []
    assert {role for role in ROLES if not pairs[role][0].was_short} == set(NOT_SIGNED_IN)
    listed = {
        role for role in ROLES if f'"conversation":"{world.group}"'.encode() in pairs[role][0].short.body
    }
    assert {"member", "admin", "owner"} <= listed
    assert listed.isdisjoint({*NOT_SIGNED_IN, "stranger"})
