"""A new name reaches open sockets where it is shown, and none where its owner is anonymous."""

import json

from tests.messaging.realtime.people import text


async def test_a_new_name_is_told_in_every_conversation_that_shows_it(
    circle, devices, second, ruth, amos, lydia
):
    pair, group = await circle.pair(ruth, amos), await circle.group(amos, ruth, lydia)
    ears = [await devices(amos), await devices(amos, server=second), await devices(ruth), await devices(ruth, server=second)]  # fmt: skip
    before = {room: (await circle.one(amos, room))["rev"] for room in (pair, group)}
    await circle.call(ruth, "PATCH", "me/", {"display_name": "Annette"})
    wanted = {}
    for room, rev in before.items():
        shown = await circle.one(amos, room)
        assert shown["rev"] == rev + 1
        (member,) = [one for one in shown["members"] if one["user"] == ruth.id]
        assert member["name"] == "Annette"
        wanted[room] = {"conversation": room, "member": member, "rev": rev + 1}
    for ear in ears:
        for room in before:
            frame = await ear.until(
                lambda f, room=room: f["type"] == "member.updated" and f["data"]["conversation"] == room
            )
            assert frame["data"] == wanted[room]
        # Nothing else, and to the devices of whom it is about nothing else either.
        assert {event["type"] for event in await ear.quiet()} == {"member.updated"}
        assert len(ear.events) == 2


async def test_messages_after_it_come_in_order_and_without_a_gap(circle, devices, second, ruth, amos):
    room = await circle.pair(ruth, amos)
    ear, hers = await devices(amos, server=second), await devices(ruth)
    rev = (await circle.one(amos, room))["rev"]
    await hers.ask("message.send", text(room, "as Ruth"))
    await circle.call(ruth, "PATCH", "me/", {"display_name": "Annette"})
    await hers.ask("message.send", text(room, "as Annette"))
    await ear.message("as Annette")
    told = [
        (
            event["type"],
            event["data"]["rev"] if event["type"] == "member.updated" else event["data"]["message"]["rev"],
        )
        for event in await ear.quiet()
        if event["type"] in ("member.updated", "message.new")
    ]
    assert told == [("message.new", rev + 1), ("member.updated", rev + 2), ("message.new", rev + 3)]
    names = [data["message"]["sender_name"] for data in ear.of("message.new")]
    assert names == ["Ruth", "Annette"]
    page = await ear.ask("changes", {"conversation": room, "after_rev": rev + 1})
    assert [member["name"] for member in page["data"]["members"]] == ["Annette"]
    found = await ear.ask("sync", {"positions": {room: rev + 1}})
    assert [row["rev"] for row in found["data"]["changed"]] == [rev + 3]


async def test_where_she_is_anonymous_no_device_hears_of_it(circle, devices, second, ruth, amos, lydia):
    room = await circle.group(ruth, amos, lydia, is_anonymous=True)
    rev = (await circle.one(amos, room))["rev"]
    ears = [await devices(amos), await devices(lydia, server=second)]
    await circle.call(ruth, "PATCH", "me/", {"display_name": "Annette"})
    for ear in ears:
        assert await ear.quiet(0.6) == []
        assert "Annette" not in json.dumps(ear.frames)
    assert (await circle.one(amos, room))["rev"] == rev


async def test_the_same_name_again_is_told_to_nobody(circle, devices, ruth, amos):
    await circle.pair(ruth, amos)
    ear = await devices(amos)
    await circle.call(ruth, "PATCH", "me/", {"display_name": "Ruth"})
    assert await ear.quiet(0.6) == []


async def test_a_quiet_client_gets_the_newest_name(circle, devices, ruth, amos):
    room = await circle.pair(ruth, amos)
    rev = (await circle.one(amos, room))["rev"]
    ear = await devices(amos)
    await ear.ask("client.state", {"state": "inactive"})
    for name in ("Annette", "Ann"):
        await circle.call(ruth, "PATCH", "me/", {"display_name": name})
    batch = await ear.first("batch", patience=15)
    assert [(f["type"], f["data"]["member"]["name"], f["data"]["rev"]) for f in batch["data"]["frames"]] == [
        ("member.updated", "Ann", rev + 2)
    ]
    assert batch["data"]["revs"] == {room: [rev + 1, rev + 2]}
