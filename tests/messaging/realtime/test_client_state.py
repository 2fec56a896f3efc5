"""`client.state`: a phone in the pocket gets its news in bundles, and loses none."""

import time

import pytest

from tests.messaging.realtime.people import text


@pytest.mark.parametrize("state", [{"state": "inactive"}, {"network": "low"}])
async def test_quiet_client_gets_a_batch_within_ten_seconds_without_typing(
    circle, devices, ruth, amos, state
):
    conversation = await circle.pair(ruth, amos)
    pocket, writer = await devices(amos), await devices(ruth)
    assert await pocket.ask("client.state", state) == {"type": "ok", "ref": 1}
    began = time.monotonic()
    await writer.ask("typing", {"conversation": conversation, "is_typing": True})
    for number in range(5):
        await writer.ask("message.send", text(conversation, f"{number}"))
    await writer.ask("receipt", {"conversation": conversation, "delivered": 5})
    assert (await pocket.ask("sync", {}))["type"] == "ok"  # questions are answered at once
    batch = await pocket.first("batch", patience=12)
    assert time.monotonic() - began < 11
    assert [frame["type"] for frame in batch["data"]["frames"]] == ["message.new"] * 5
    assert [frame["data"]["message"]["seq"] for frame in batch["data"]["frames"]] == [1, 2, 3, 4, 5]
    assert [frame["type"] for frame in pocket.frames] == ["welcome", "ok", "ok", "batch"]


async def test_return_to_active_brings_what_waited_at_once_and_then_live_frames(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    pocket, writer = await devices(amos), await devices(ruth)
    await pocket.ask("client.state", {"state": "inactive"})
    for number in range(30):
        await writer.ask("message.send", text(conversation, f"{number}"))
    await pocket.ask("client.state", {"state": "active"})
    assert [len(item["data"]["frames"]) for item in pocket.frames if item["type"] == "batch"] in ([30], [])
    await pocket.first("batch")
    await writer.ask("message.send", text(conversation, "live"))
    await pocket.message("live")
    assert [item["message"]["seq"] for item in pocket.of("message.new")] == list(range(1, 32))
    unread = (await circle.one(amos, conversation))["unread_count"]
    assert unread == len(pocket.of("message.new")) == 31


async def test_second_word_from_a_client_replaces_the_first(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    pocket = await devices(amos)
    for state in ({"state": "inactive", "network": "low"}, {"state": "active", "network": "full"}):
        await pocket.ask("client.state", state)
    await circle.say(ruth, conversation, "live")
    assert (await pocket.message("live"))["type"] == "message.new"
