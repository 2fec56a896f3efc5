"""The short way in front of Django tells every role the same as Django does."""

import pytest

from prayermap.lib.http.views import requests
from tests.isolation.roles import ROLES
from tests.messaging.both_ways import asking, differing

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
