"""Messages that disappear are told as tombstones, set by set."""

import asyncio

from messaging.services.disappearing import expire_messages
from prayermap.lib.times import utc_now
from tests.messaging.lines import owner
from tests.messaging.realtime.test_changing import updated


async def test_setting_and_tombstones_reach_every_device(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    ears = [await devices(ruth), await devices(amos, server=second)]
    await circle.call(amos, "PATCH", f"conversations/{conversation}/", {"disappear_after_s": 60})
    for ear in ears:
        shown = (await ear.first("conversation.updated"))["data"]["conversation"]
        assert (shown["disappear_after_s"], "my_member" in shown) == (60, False)
    for number in range(3):
        await circle.say(ruth, conversation, f"{number}")
    before = (await circle.one(ruth, conversation))["rev"]
    for ear in ears:
        assert (await ear.message("2"))["data"]["message"]["expires_at"]

    def end():
        owner("UPDATE message SET expires_at = now() - interval '1 second'")
        return expire_messages(now=utc_now())

    assert await asyncio.to_thread(end) == 3
    for ear in ears:
        await updated(ear, "deleted", seq=3)
        told = [item["message"] for item in ear.of("message.updated")]
        assert [(message["seq"], message["rev"]) for message in told] == [
            (number, before + number) for number in (1, 2, 3)
        ]
        assert {message["content"] for message in told} == {None}
        mine = ear.frames[0]["data"]["user"] == ruth.id
        assert {message["is_mine"] for message in told} == {mine}
