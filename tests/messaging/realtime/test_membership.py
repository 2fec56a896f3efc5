"""`member.updated`, `conversation.updated`, `conversation.removed`: what a client learns of comings and goings."""

from tests.messaging.realtime.people import text


async def test_invited_person_learns_of_the_conversation_and_not_of_what_is_said(
    circle, devices, second, ruth, amos
):
    ears = [await devices(amos), await devices(amos, server=second)]
    made = await circle.call(ruth, "POST", "conversations/", {"kind": "group_prayer", "title": "Evening"})
    await circle.call(ruth, "POST", f"conversations/{made['id']}/members/", {"user": amos.id}, status=201)
    await circle.say(ruth, made["id"], "not yet for Amos")
    for ear in ears:
        frame = await ear.first("conversation.updated")
        shown = frame["data"]["conversation"]
        assert (shown["id"], shown["my_member"]["state"]) == (made["id"], "invited")
        await ear.quiet()
        assert ear.of("message.new") == []


async def test_accepting_is_told_to_the_others_and_to_ones_other_devices(circle, devices, second, ruth, amos):
    conversation = (
        await circle.call(ruth, "POST", "conversations/", {"kind": "direct_message", "members": [amos.id]})
    )["id"]
    watcher, beside = await devices(ruth, server=second), await devices(amos, server=second)
    await circle.call(amos, "POST", f"conversations/{conversation}/accept/", {})
    rev = (await circle.one(ruth, conversation))["rev"]
    member = {
        "id": await circle.member(amos, conversation),
        "name": "Amos",
        "user": amos.id,
        "role": "member",
        "state": "active",
        "is_anonymous": False,
    }
    told = {"type": "member.updated", "data": {"conversation": conversation, "member": member, "rev": rev}}
    assert await watcher.first("member.updated") == told
    shown = (await beside.first("conversation.updated"))["data"]["conversation"]
    assert (shown["id"], shown["my_member"]["state"], shown["rev"]) == (conversation, "active", rev)


async def test_settings_are_told_without_personal_parts(circle, devices, second, ruth, amos):
    conversation = await circle.group(ruth, amos)
    ears = [await devices(amos, server=second), await devices(ruth)]
    await circle.call(
        ruth, "PATCH", f"conversations/{conversation}/", {"title": "Morning", "description": "Six"}
    )
    stored = await circle.one(ruth, conversation)
    for personal in ("unread_count", "mention_count", "my_member"):
        del stored[personal]
    for ear in ears:
        frame = await ear.until(lambda f: f["type"] == "conversation.updated")
        assert frame == {"type": "conversation.updated", "data": {"conversation": stored}}


async def test_ones_own_settings_are_told_to_ones_own_devices_only(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    beside, other = await devices(ruth, server=second), await devices(amos)
    stored = await circle.call(ruth, "PATCH", f"conversations/{conversation}/me/", {"pinned": True})
    frame = await beside.first("conversation.updated")
    assert frame == {"type": "conversation.updated", "data": {"conversation": stored}}
    assert await other.quiet() == []


async def test_leaving_and_removal_are_told_to_who_goes_and_who_stays(
    circle, devices, second, ruth, amos, lydia
):
    conversation = await circle.group(ruth, amos, lydia)
    stays = await devices(ruth, server=second)
    going = {"left": (amos, await devices(amos, server=second)), "removed": (lydia, await devices(lydia))}
    for reason, (person, device) in going.items():
        member = await circle.member(person, conversation)
        await circle.call(
            amos if reason == "left" else ruth, "DELETE", f"conversations/{conversation}/members/{member}/"
        )
        frame = await device.first("conversation.removed")
        assert frame == {"type": "conversation.removed", "data": {"id": conversation, "reason": reason}}
        told = await stays.until(
            lambda f, id_=member: f["type"] == "member.updated" and f["data"]["member"]["id"] == id_
        )
        assert told["data"]["member"]["state"] == reason
        await device.quiet()
        assert len(device.of("conversation.removed")) == 1
    revs = [item["rev"] for item in stays.of("member.updated")]
    assert revs == sorted(set(revs))


async def test_role_is_told(circle, devices, second, ruth, amos):
    conversation = await circle.group(ruth, amos)
    ears = [await devices(amos, server=second), await devices(ruth)]
    member = await circle.member(amos, conversation)
    await circle.call(ruth, "PATCH", f"conversations/{conversation}/members/{member}/", {"role": "admin"})
    for ear in ears:
        assert (await ear.first("member.updated"))["data"]["member"]["role"] == "admin"


async def test_members_and_messages_share_one_order(circle, devices, second, ruth, amos, lydia, naomi):
    conversation = await circle.group(ruth, amos)
    ear = await devices(amos, server=second)
    before = (await circle.one(ruth, conversation))["rev"]
    writer = await devices(ruth)
    for person in (lydia, naomi):
        await circle.call(ruth, "POST", f"conversations/{conversation}/members/", {"user": person.id})
        await writer.ask("message.send", text(conversation, f"{person.name} is asked"))
        await circle.call(person, "POST", f"conversations/{conversation}/accept/", {})
        await writer.ask("message.send", text(conversation, f"{person.name} is here"))
    await circle.call(ruth, "PATCH", f"conversations/{conversation}/", {"title": "Morning"})
    await ear.first("conversation.updated")
    revs = [
        item["message"]["rev"]
        if "message" in item
        else item["rev"]
        if "rev" in item
        else item["conversation"]["rev"]
        for item in (frame["data"] for frame in await ear.quiet())
    ]
    assert revs == list(range(before + 1, before + 10))


def is_shown_as_active(frame) -> bool:
    """What was said before this frame lies below its `rev`; what is said after it comes as a frame."""
    shown = frame.get("data", {}).get("conversation")
    return frame["type"] == "conversation.updated" and shown["my_member"]["state"] == "active"


async def test_who_comes_later_is_not_told_what_was_said_before(circle, devices, second, ruth, amos, lydia):
    conversation = await circle.group(ruth, amos)
    await circle.call(ruth, "POST", f"conversations/{conversation}/members/", {"user": lydia.id})
    ears = [await devices(lydia), await devices(lydia, server=second)]
    writer = await devices(ruth, server=second)
    for number in range(20):
        await writer.send("message.send", text(conversation, f"before {number}"))
    await circle.call(lydia, "POST", f"conversations/{conversation}/accept/", {})
    for ear in ears:
        await ear.until(is_shown_as_active)
    await writer.ask("message.send", text(conversation, "now"))
    joined = (await circle.one(lydia, conversation))["my_member"]
    page = await circle.call(lydia, "GET", f"conversations/{conversation}/messages/?after=0")
    visible = {message["content"] for message in page["results"]}
    assert joined["state"] == "active"
    for ear in ears:
        await ear.message("now")
        assert {item["message"]["content"] for item in ear.of("message.new")} <= visible
