"""In groups above 50: receipts gathered for a second, typing shown to nobody."""

import asyncio

import pytest

from tests.messaging.lines import owner
from tests.messaging.realtime.people import make_person


@pytest.fixture
def crowd(transactional_db):
    return [make_person(f"P{number}") for number in range(3)]


async def large(circle, ruth, crowd, count=51):
    """A group of four that counts as one of `count`."""
    conversation = await circle.group(ruth, *crowd)
    await asyncio.to_thread(
        owner,
        "UPDATE conversation SET active_count = %s, member_count = %s WHERE id = %s",
        count,
        count,
        conversation,
    )
    return conversation


def frames_with_receipts(device):
    """Each frame that brought receipts: the marks in it, by member."""
    found = []
    for frame in device.frames:
        inner = frame["data"]["frames"] if frame["type"] == "batch" else [frame]
        marks = {one["data"]["member"]: one["data"]["read_seq"] for one in inner if one["type"] == "receipt"}
        if marks:
            found.append(marks)
    return found


async def test_receipts_come_once_a_second_the_newest_of_each_member(circle, devices, second, ruth, crowd):
    conversation = await large(circle, ruth, crowd)
    for number in range(5):
        await circle.say(ruth, conversation, str(number))
    ears = [await devices(ruth), await devices(ruth, server=second)]
    own = await devices(crowd[0])
    sockets = [await devices(person) for person in crowd]
    members = [await circle.member(person, conversation) for person in crowd]
    for read in range(1, 6):
        for socket in sockets:
            await socket.ask("receipt", {"conversation": conversation, "read": read})
    await asyncio.sleep(1.3)
    for ear in ears:
        assert frames_with_receipts(ear)[-1] == dict.fromkeys(members, 5)
        assert len(frames_with_receipts(ear)) <= 2
    # One's own devices hear of each mark at once, the one that sent it nothing; of the others they hear together.
    assert [marks for marks in frames_with_receipts(own) if members[0] in marks] == [
        {members[0]: read} for read in range(1, 6)
    ]
    assert [set(marks) for marks in frames_with_receipts(sockets[0])][-1] == set(members[1:])


async def test_receipts_of_a_small_group_come_one_by_one(circle, devices, ruth, crowd):
    conversation = await large(circle, ruth, crowd, count=50)
    for number in range(3):
        await circle.say(ruth, conversation, str(number))
    ear, socket = await devices(ruth), await devices(crowd[0])
    for read in range(1, 4):
        await socket.ask("receipt", {"conversation": conversation, "read": read})
    await ear.quiet()
    assert [item["read_seq"] for item in ear.of("receipt")] == [1, 2, 3]


async def test_typing_is_neither_taken_nor_shown(circle, devices, ruth, crowd):
    conversation = await large(circle, ruth, crowd)
    ear, socket = await devices(ruth), await devices(crowd[0])
    answer = await socket.ask("typing", {"conversation": conversation, "is_typing": True})
    assert answer["type"] == "ok"
    path = f"conversations/{conversation}/typing/"
    await circle.call(crowd[1], "POST", path, {"is_typing": True}, status=204)
    await ear.quiet()
    assert ear.of("typing") == []
    assert await circle.call(ruth, "GET", path) == {"members": []}
