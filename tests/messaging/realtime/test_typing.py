"""`typing`: the full list at each change, also to empty, and to nobody who shouldn't know."""

import asyncio
import time

import httpx

from tests.messaging.realtime.people import Circle, text


async def lists(device, seconds: float = 0.2) -> list[list[str]]:
    """The names of each `typing` frame, in order."""
    await device.quiet(seconds)
    return [[member["name"] for member in item["members"]] for item in device.of("typing")]


async def test_typing_is_told_to_the_others_as_a_whole_list(circle, devices, second, ruth, amos, lydia):
    conversation = await circle.group(ruth, amos, lydia)
    ears = [await devices(lydia), await devices(lydia, server=second)]
    ruths, amoss = await devices(ruth), await devices(amos, server=second)
    start = {"conversation": conversation, "is_typing": True}
    await ruths.ask("typing", start)
    await ears[1].first("typing")
    await amoss.ask("typing", start)
    await asyncio.sleep(0.3)
    await ruths.ask("typing", {**start, "is_typing": False})
    await asyncio.sleep(0.3)
    await circle.call(amos, "POST", f"conversations/{conversation}/typing/", {"is_typing": False})
    for device in ears:
        seen = await lists(device)
        assert [sorted(names) for names in seen] == [["Ruth"], ["Amos", "Ruth"], ["Amos"], []]
    assert await lists(ruths) == [["Amos"], []]  # nobody hears of their own
    assert await lists(amoss) == [["Ruth"], []]
    first = ears[0].of("typing")[0]
    assert first["members"] == [{"id": await circle.member(ruth, conversation), "name": "Ruth"}]
    assert 8_000 < first["ttl_ms"] <= 10_000


async def test_named_send_ends_typing_and_an_anonymous_one_does_not(
    circle, devices, second, ruth, amos, lydia
):
    conversation = await circle.group(ruth, amos, lydia)
    ears = [await devices(amos), await devices(amos, server=second)]
    device = await devices(ruth)
    start = {"conversation": conversation, "is_typing": True}
    await device.ask("typing", start)
    await ears[1].first("typing")
    await device.ask("message.send", text(conversation, "secret", is_anonymous=True))
    for ear in ears:
        assert await lists(ear) == [["Ruth"]]
    await device.ask("message.send", text(conversation, "said"))
    for ear in ears:
        assert await lists(ear) == [["Ruth"], []]
    await device.ask("typing", start)
    await asyncio.sleep(0.2)
    await circle.say(ruth, conversation, "said over REST")
    for ear in ears:
        assert await lists(ear) == [["Ruth"], [], ["Ruth"], []]
    now = await circle.call(amos, "GET", f"conversations/{conversation}/typing/")
    assert now == {"members": []}


async def test_typing_ends_by_itself_after_ten_seconds(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    ears = [await devices(amos), await devices(amos, server=second)]
    device = await devices(ruth)
    await device.ask("typing", {"conversation": conversation, "is_typing": True})
    began = time.monotonic()
    now = await circle.call(amos, "GET", f"conversations/{conversation}/typing/")
    assert [member["name"] for member in now["members"]] == ["Ruth"]
    device.cut()  # who goes away in the middle of a word doesn't type for ever
    for ear in ears:
        await ear.until(lambda f: f["type"] == "typing" and f["data"]["members"] == [], patience=12)
        assert 9 < time.monotonic() - began < 11.5
        assert await lists(ear, 0.05) == [["Ruth"], []]
    assert await circle.call(amos, "GET", f"conversations/{conversation}/typing/") == {"members": []}


async def test_repeated_start_is_not_told_again(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    ear, device = await devices(amos), await devices(ruth)
    for _ in range(5):
        await device.ask("typing", {"conversation": conversation, "is_typing": True})
    assert await lists(ear) == [["Ruth"]]


async def test_typing_is_hidden_between_people_with_a_block(circle, devices, second, ruth, amos, lydia):
    conversation = await circle.group(ruth, amos, lydia)
    apart, together = await devices(amos, server=second), await devices(lydia)
    await circle.call(amos, "POST", "me/blocks/", {"user": ruth.id})
    late = await devices(amos)  # reads its blocks when it comes
    await asyncio.sleep(0.3)
    device = await devices(ruth)
    await device.ask("typing", {"conversation": conversation, "is_typing": True})
    await together.first("typing")
    assert (await lists(apart), await lists(late)) == ([], [])
    await apart.ask("typing", {"conversation": conversation, "is_typing": True})
    assert await lists(device) == []
    assert [sorted(names) for names in await lists(together)] == [["Ruth"], ["Amos", "Ruth"]]
    async with httpx.AsyncClient(base_url=second.http) as http:
        now = await Circle(http).call(amos, "GET", f"conversations/{conversation}/typing/")
    assert now == {"members": []}


async def test_who_leaves_stops_typing(circle, devices, ruth, amos, lydia):
    conversation = await circle.group(ruth, amos, lydia)
    ear, device = await devices(lydia), await devices(amos)
    await device.ask("typing", {"conversation": conversation, "is_typing": True})
    await ear.first("typing")
    me = await circle.member(amos, conversation)
    await circle.call(ruth, "DELETE", f"conversations/{conversation}/members/{me}/")
    assert await lists(ear) == [["Amos"], []]
    assert await circle.call(lydia, "GET", f"conversations/{conversation}/typing/") == {"members": []}
