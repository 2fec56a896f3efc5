"""`client.state`: a phone in the pocket gets its news in bundles, and loses none."""

import time

from tests.messaging.realtime.people import text


async def test_quiet_clients_get_a_batch_within_ten_seconds_without_typing(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    writer, in_pocket, on_a_bad_line = await devices(ruth), await devices(amos), await devices(amos)
    quietly = {"type": "ok", "ref": 1, "data": {"heartbeat_s": 60}}
    assert await in_pocket.ask("client.state", {"state": "inactive"}) == quietly
    assert await on_a_bad_line.ask("client.state", {"network": "low"}) == quietly
    began = time.monotonic()
    await writer.ask("typing", {"conversation": conversation, "is_typing": True})
    for number in range(5):
        await writer.ask("message.send", text(conversation, f"{number}"))
    await writer.ask("receipt", {"conversation": conversation, "delivered": 5})
    for quiet in (in_pocket, on_a_bad_line):
        assert (await quiet.ask("sync", {}))["type"] == "ok"  # questions are answered at once
        await quiet.until(lambda _, quiet=quiet: len(quiet.of("message.new")) == 5, patience=12)
        assert time.monotonic() - began < 24
        batches = [frame["data"]["frames"] for frame in quiet.frames if frame["type"] == "batch"]
        seqs = [
            frame["data"]["message"]["seq"]
            for batch in batches
            for frame in batch
            if frame["type"] == "message.new"
        ]
        assert seqs == [1, 2, 3, 4, 5]
        assert {frame["type"] for frame in quiet.frames} == {"welcome", "ok", "batch"}


async def test_return_to_active_brings_what_waited_at_once_and_then_live_frames(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    pocket, writer = await devices(amos), await devices(ruth)
    await pocket.ask("client.state", {"state": "inactive"})
    for number in range(30):
        await writer.ask("message.send", text(conversation, f"{number}"))
    await pocket.ask("client.state", {"state": "active"})
    waited = [item["data"]["frames"] for item in pocket.frames if item["type"] == "batch"]
    assert [len([one for one in batch if one["type"] == "message.new"]) for batch in waited] in ([30], [])
    await pocket.first("batch")
    await writer.ask("message.send", text(conversation, "live"))
    await pocket.message("live")
    assert [item["message"]["seq"] for item in pocket.of("message.new")] == list(range(1, 32))
    unread = (await circle.one(amos, conversation))["unread_count"]
    assert unread == len(pocket.of("message.new")) == 31


async def test_receipts_of_a_bundle_are_the_newest_of_each_member(circle, devices, ruth, amos, lydia):
    conversation = await circle.group(ruth, amos, lydia)
    pocket, readers = await devices(ruth), [await devices(amos), await devices(lydia)]
    for number in range(4):
        await circle.say(ruth, conversation, f"{number}")
    await pocket.ask("client.state", {"network": "low"})
    for read in range(1, 5):
        for reader in readers:
            await reader.ask("receipt", {"conversation": conversation, "read": read})
    await pocket.ask("client.state", {})
    batch = (await pocket.first("batch"))["data"]["frames"]
    members = [await circle.member(person, conversation) for person in (amos, lydia)]
    assert [(frame["type"], frame["data"]["member"], frame["data"]["read_seq"]) for frame in batch] == [
        ("receipt", member, 4) for member in members
    ]


async def test_second_word_from_a_client_replaces_the_first(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    pocket = await devices(amos)
    for state in ({"state": "inactive", "network": "low"}, {"state": "active", "network": "full"}):
        await pocket.ask("client.state", state)
    await circle.say(ruth, conversation, "live")
    assert (await pocket.message("live"))["type"] == "message.new"
