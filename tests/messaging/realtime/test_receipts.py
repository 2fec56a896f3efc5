"""`receipt`: shared when shared, to one's own devices always, and never from an anonymous member."""

import asyncio

import pytest

from tests.messaging.lines import owner
from tests.messaging.realtime.people import text


@pytest.mark.parametrize("way", ["socket", "rest"])
async def test_shared_marks_reach_everybody_and_ones_other_devices(circle, devices, second, ruth, amos, way):
    conversation = await circle.pair(ruth, amos)
    await circle.say(ruth, conversation, "Peace")
    writer, beside = await devices(ruth, server=second), await devices(amos, server=second)
    reader = await devices(amos)
    if way == "socket":
        await reader.ask("receipt", {"conversation": conversation, "read": 1})
    else:
        await circle.call(amos, "POST", f"conversations/{conversation}/receipts/", {"read": 1})
    expected = {
        "conversation": conversation,
        "member": await circle.member(amos, conversation),
        "delivered_seq": 1,
        "read_seq": 1,
    }
    for device in (writer, beside):
        frame = await device.first("receipt")
        assert frame["data"].pop("at").endswith("Z")
        assert frame == {"type": "receipt", "data": expected}
    await reader.quiet()
    assert len(reader.of("receipt")) == (0 if way == "socket" else 1)


async def test_mark_that_does_not_move_is_not_told(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    await circle.say(ruth, conversation, "Peace")
    writer, reader = await devices(ruth), await devices(amos)
    for marks in ({"delivered": 1}, {"delivered": 1}, {"read": 1}, {"read": 1, "delivered": 0}):
        assert (await reader.ask("receipt", {"conversation": conversation, **marks}))["type"] == "ok"
    await writer.quiet()
    seen = [(item["delivered_seq"], item["read_seq"]) for item in writer.of("receipt")]
    assert seen == [(1, 0), (1, 1)]


async def test_who_shares_no_receipts_tells_only_their_own_devices(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    await circle.call(amos, "PATCH", "me/", {"share_read_receipts": False})
    await circle.say(ruth, conversation, "Peace")
    writer, beside = await devices(ruth, server=second), await devices(amos, server=second)
    reader = await devices(amos)
    await reader.ask("receipt", {"conversation": conversation, "read": 1})
    assert (await beside.first("receipt"))["data"]["read_seq"] == 1
    await writer.quiet()
    assert writer.of("receipt") == []


async def test_anonymous_member_tells_only_their_own_devices(circle, devices, second, ruth, amos):
    body = {"kind": "direct_message", "members": [amos.id], "is_anonymous": True}
    conversation = (await circle.call(ruth, "POST", "conversations/", body))["id"]
    await circle.call(amos, "POST", f"conversations/{conversation}/accept/", {})
    await circle.say(amos, conversation, "who are you?")
    named, beside = await devices(amos, server=second), await devices(ruth, server=second)
    hidden = await devices(ruth)
    await hidden.ask("receipt", {"conversation": conversation, "read": 1})
    assert (await beside.first("receipt"))["data"]["read_seq"] == 1
    await named.quiet()
    assert named.of("receipt") == []


async def test_anonymous_send_moves_none_of_its_authors_marks(circle, devices, ruth, amos, lydia):
    conversation = await circle.group(ruth, amos, lydia)
    ear, writer = await devices(amos), await devices(ruth)
    await writer.ask("message.send", text(conversation, "secret", is_anonymous=True))
    await ear.message("secret")
    changes = (await ear.ask("changes", {"conversation": conversation, "after_rev": 0}))["data"]
    me = await circle.member(ruth, conversation)
    assert [
        (mark["delivered_seq"], mark["read_seq"]) for mark in changes["receipts"] if mark["member"] == me
    ] == [(0, 0)]


async def test_the_row_of_a_socket_keeps_its_platform(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    await circle.say(ruth, conversation, "Peace")
    reader = await devices(amos, user_agent_header="PrayerMap/3 (iPhone; iOS 12)")
    await reader.ask("receipt", {"conversation": conversation, "read": 1})
    found = await asyncio.to_thread(
        owner,
        "SELECT d.device_info FROM delivery_status d JOIN message m ON m.id = d.message_id"
        " WHERE m.conversation_id = %s",
        conversation,
    )
    assert found == [({"platform": "ios"},)]
