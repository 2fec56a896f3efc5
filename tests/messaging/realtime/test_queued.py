"""A queued message reaches sockets as any other, when a worker sends it."""

import asyncio

from bench.ids import client_id
from tests.messaging.queueing import work


async def test_queued_message_reaches_everybodys_devices(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    own, ears = await devices(ruth), [await devices(amos), await devices(amos, server=second)]
    item = {"conversation": conversation, "client_id": client_id(), "type": "text", "content": "late"}
    await circle.call(ruth, "POST", "queue/", {"device_id": "phone", "items": [item]})
    await circle.call(ruth, "POST", f"conversations/{conversation}/typing/", {"is_typing": True})
    for ear in ears:
        await ear.first("typing")
    assert (await asyncio.to_thread(work))["sent"] == 1
    told = await own.message("late")
    assert (told["data"]["message"]["id"], told["data"]["message"]["is_mine"]) == (item["client_id"], True)
    for ear in ears:
        assert (await ear.message("late"))["data"]["message"]["is_mine"] is False
        await ear.quiet()
        assert [len(item["members"]) for item in ear.of("typing")] == [1, 0]
