"""Who has a device in use is known to every worker, as long as it is in use."""

import asyncio
from uuid import UUID

from django.db import connections

from notifications.services.activity import active_people
from notifications.services.routing import route_due
from prayermap.lib.times import utc_now
from tests.messaging.lines import owner


async def becomes(person, *, active: bool) -> None:
    async with asyncio.timeout(5):
        while (UUID(person.id) in active_people([UUID(person.id)])) is not active:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_device_in_use_is_known_until_it_is_put_away(devices, second, amos):
    await becomes(amos, active=False)
    first = await devices(amos)
    await becomes(amos, active=True)
    other = await devices(amos, server=second)
    await first.ask("client.state", {"state": "inactive"})
    await asyncio.sleep(0.3)
    await becomes(amos, active=True)  # the other one is in use
    await other.leave()
    await becomes(amos, active=False)
    await first.ask("client.state", {"state": "active"})
    await becomes(amos, active=True)
    await first.leave()
    await becomes(amos, active=False)


def work() -> None:
    """As the worker: on a thread of its own, which keeps no connection."""
    try:
        route_due(now=utc_now())
    finally:
        connections.close_all()


async def test_push_is_held_back_while_a_device_is_in_use(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    await devices(amos)
    await becomes(amos, active=True)
    await circle.say(ruth, conversation, "Peace")
    session = UUID(amos.session)
    owner(
        "INSERT INTO push_device (id, user_id, session_id, device_id, endpoint, p256dh, auth, created_at, failures)"
        " VALUES (gen_random_uuid(), %s, %s, '', 'https://push.example.org/x', '', '', now(), 0)",
        UUID(amos.id),
        session,
    )
    owner("UPDATE notification SET push_due_at = now() WHERE push_due_at IS NOT NULL")
    await asyncio.to_thread(work)
    assert [row.reason for row in owner("SELECT reason FROM notification_decision")] == ["active"]
    why = await circle.call(amos, "GET", "notifications/why/")
    assert why["results"][0]["detail"] == "Held back: active on another device."
