"""`notification.new` and `notification.read`: to one's own devices, once, and not to who is reading along."""

import asyncio

from messaging.realtime.notices import HOLD_S

AFTER_S = HOLD_S + 0.5


async def test_unread_conversation_is_told_once_to_all_of_ones_devices(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    reader, beside = await devices(amos), await devices(amos, server=second)
    writer = await devices(ruth)
    for text in ("one", "two", "three"):
        await circle.say(ruth, conversation, text)
    told = [(await device.first("notification.new"))["data"] for device in (reader, beside)]
    assert told[0] == told[1]
    row = told[0]["notification"]
    assert (row["kind"], row["conversation"], row["count"], row["preview"]) == (
        "message_received", conversation, 3, "three",
    )  # fmt: skip
    assert told[0]["unread_count"] == 1
    await circle.say(ruth, conversation, "four")
    await asyncio.sleep(AFTER_S)
    assert len([frame for frame in await reader.quiet() if frame["type"] == "notification.new"]) == 1
    assert writer.of("notification.new") == []


async def test_who_reads_along_is_told_nothing(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    reader = await devices(amos)
    for seq in (1, 2):
        await circle.say(ruth, conversation, str(seq))
        await reader.message(str(seq))
        await reader.ask("receipt", {"conversation": conversation, "read": seq})
    await asyncio.sleep(AFTER_S)
    kinds = {frame["type"] for frame in await reader.quiet()}
    assert not kinds & {"notification.new", "notification.read"}


async def test_reading_on_one_device_closes_it_on_the_others(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    reader, beside = await devices(amos), await devices(amos, server=second)
    await circle.say(ruth, conversation, "one")
    row = (await beside.first("notification.new"))["data"]["notification"]
    await reader.ask("receipt", {"conversation": conversation, "read": 1})
    for device in (reader, beside):
        assert (await device.first("notification.read"))["data"] == {"ids": [row["id"]], "unread_count": 0}


async def test_reading_it_in_the_inbox_closes_it_on_the_devices(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    reader = await devices(amos)
    await circle.say(ruth, conversation, "one")
    row = (await reader.first("notification.new"))["data"]["notification"]
    await circle.call(amos, "POST", f"notifications/{row['id']}/read/")
    assert (await reader.first("notification.read"))["data"] == {"ids": [row["id"]], "unread_count": 0}


async def test_invitation_is_told_and_closed_with_the_answer(circle, devices, ruth, amos):
    reader = await devices(amos)
    body = {"kind": "group_prayer", "title": "Evening", "members": [amos.id]}
    conversation = (await circle.call(ruth, "POST", "conversations/", body))["id"]
    row = (await reader.first("notification.new"))["data"]["notification"]
    assert (row["kind"], row["title"], row["sender_name"]) == ("message_request", "Evening", "Ruth")
    await circle.call(amos, "POST", f"conversations/{conversation}/accept/")
    assert (await reader.first("notification.read"))["data"]["ids"] == [row["id"]]


async def test_quiet_client_gets_it_in_the_bundle(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    reader = await devices(amos)
    await reader.ask("client.state", {"state": "inactive"})
    await circle.say(ruth, conversation, "one")
    await asyncio.sleep(AFTER_S)
    await reader.ask("client.state", {"state": "active"})
    await asyncio.sleep(0.2)
    (data,) = reader.of("notification.new")  # in this bundle, or in one that came before
    assert data["notification"]["conversation"] == conversation
    assert "notification.new" not in {frame["type"] for frame in reader.frames}
