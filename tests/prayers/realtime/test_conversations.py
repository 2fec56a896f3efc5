"""What devices are told of conversations about prayers: the author that there is one, nobody who that is."""

import json

import pytest

from tests.prayers.acts import prayer

ANSWERED = {"type": "prayer_update", "content": "It went well.", "payload": {"is_answered": True}}


async def open_about(circle, responder, made, **more):
    body = {"content": "Peace to you."} | more
    return await circle.call(responder, "POST", f"prayers/{made['id']}/conversation/", body)


@pytest.mark.parametrize("is_anonymous", [False, True])
async def test_the_authors_devices_get_the_conversation(is_anonymous, circle, devices, second, ruth, amos):
    made = await circle.call(ruth, "POST", "prayers/", prayer(is_anonymous=is_anonymous))
    ears = [await devices(ruth), await devices(ruth, server=second)]
    beside = await devices(amos, server=second)
    room = await open_about(circle, amos, made)
    for ear in ears:
        shown = (await ear.first("conversation.updated"))["data"]["conversation"]
        assert (shown["id"], shown["prayer"], shown["title"]) == (room["id"], made["id"], made["title"])
        assert (shown["my_member"]["state"], shown["my_member"]["is_anonymous"]) == ("invited", is_anonymous)
        await ear.quiet()
        assert ear.of("message.new") == []  # not before she accepts
    assert (await beside.first("conversation.updated"))["data"]["conversation"]["id"] == room["id"]


async def test_who_had_blocked_the_other_hears_nothing_of_it(circle, devices, ruth, amos):
    made = await circle.call(ruth, "POST", "prayers/", prayer(is_anonymous=True))
    await circle.call(ruth, "POST", "me/blocks/", {"user": amos.id})
    ear = await devices(ruth)
    await open_about(circle, amos, made)
    assert await ear.quiet(0.6) == []


async def test_no_frame_tells_who_an_anonymous_author_is(circle, devices, second, ruth, amos, lydia):
    """She does all there is to do, over REST and her socket; he writes down every frame of it."""
    made = await circle.call(ruth, "POST", "prayers/", prayer(is_anonymous=True))
    ear, far, hers = await devices(amos), await devices(amos, server=second), await devices(ruth)
    room = (await open_about(circle, amos, made))["id"]
    await circle.call(ruth, "POST", f"conversations/{room}/accept/", {})
    await ear.first("member.updated")
    await circle.call(ruth, "POST", f"conversations/{room}/receipts/", {"read": 1})
    await hers.ask("typing", {"conversation": room, "is_typing": True})
    assert (await hers.ask("message.send", {"conversation": room, "type": "text", "content": "One"}))[
        "type"
    ] == "ok"
    await circle.call(ruth, "PATCH", f"prayers/{made['id']}/", {"title": "After it"})
    assert (await hers.ask("message.send", {"conversation": room} | ANSWERED))["type"] == "ok"
    await circle.call(ruth, "PATCH", "me/", {"display_name": "Ruth of Moab"})
    await circle.call(ruth, "DELETE", f"prayers/{made['id']}/")
    gone = await circle.one(ruth, room)
    await circle.call(ruth, "DELETE", f"conversations/{room}/members/{gone['my_member']['id']}/")
    for device in (ear, far):
        await device.message("It went well.")
        left = await device.until(
            lambda f: f["type"] == "member.updated" and f["data"]["member"]["state"] == "left"
        )
        assert left["data"]["member"]["name"] == "Someone"
        events = await device.quiet()
        assert {"message.new", "member.updated", "conversation.updated"} <= {e["type"] for e in events}
        assert not {"receipt", "typing"} & {event["type"] for event in events}
        text = json.dumps(device.frames)
        assert "Ruth" not in text
        assert ruth.id not in text
        settings = [c["conversation"] for c in device.of("conversation.updated")]
        assert [(c["title"], c["prayer"]) for c in settings[-2:]] == [("After it", made["id"]), ("", None)]


async def test_an_update_over_the_socket_answers_the_prayer(circle, devices, ruth, amos):
    made = await circle.call(ruth, "POST", "prayers/", prayer())
    room = (await open_about(circle, amos, made))["id"]
    await circle.call(ruth, "POST", f"conversations/{room}/accept/", {})
    his, hers = await devices(amos), await devices(ruth)
    refused = await his.ask("message.send", {"conversation": room} | ANSWERED)
    assert (refused["type"], refused["data"]["code"]) == ("error", "forbidden")
    unknown = {"type": "prayer_card", "payload": {"prayer": room}}
    refused = await his.ask("message.send", {"conversation": room} | unknown)
    assert (refused["data"]["code"], list(refused["data"]["errors"])) == ("invalid", ["payload.prayer"])
    assert (await hers.ask("message.send", {"conversation": room} | ANSWERED))["data"]["seq"] == 2
    assert (await circle.call(amos, "GET", f"prayers/{made['id']}/"))["status"] == "answered"


@pytest.mark.parametrize("by_socket", [False, True])
async def test_devices_hear_of_the_notifications(by_socket, circle, devices, second, ruth, amos):
    made = await circle.call(ruth, "POST", "prayers/", prayer(is_anonymous=True))
    hers, his = await devices(ruth, server=second), await devices(amos, server=second)

    async def told(device, kind):
        frame = await device.until(
            lambda f: f["type"] == "notification.new" and f["data"]["notification"]["kind"] == kind
        )
        return frame["data"]["notification"]["title"]

    await circle.call(amos, "POST", f"prayers/{made['id']}/responses/", {"content": "With you."})
    assert await told(hers, "prayer_response") == made["title"]
    room = (await open_about(circle, amos, made))["id"]
    assert await told(hers, "prayer_conversation_started") == made["title"]
    await circle.call(ruth, "POST", f"conversations/{room}/accept/", {})
    if by_socket:
        await hers.ask("message.send", {"conversation": room} | ANSWERED)
    else:
        await circle.call(ruth, "PATCH", f"prayers/{made['id']}/", {"status": "answered"})
    assert await told(his, "prayer_answered") == made["title"]
    assert ruth.id not in json.dumps(his.frames)
