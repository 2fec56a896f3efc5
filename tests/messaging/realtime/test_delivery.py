"""`message.new`: to whom, in which order, and what it doesn't say."""

import asyncio
import json
import random

import httpx

from tests.messaging.realtime.people import Circle, sign_in, text


async def test_message_reaches_every_device_but_the_one_that_sent_it(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    sending, beside = await devices(ruth), await devices(ruth)
    elsewhere = await devices(ruth, server=second)
    readers = [await devices(amos), await devices(amos, server=second)]
    stored = (await sending.ask("message.send", text(conversation, "Peace")))["data"]
    del stored["duplicate"], stored["is_starred"]
    own = {"type": "message.new", "data": {"conversation": conversation, "message": stored}}
    shown = {
        "type": "message.new",
        "data": {"conversation": conversation, "message": {**stored, "is_mine": False}},
    }
    assert await sending.quiet() == []
    for device in (beside, elsewhere):
        assert await device.quiet(0.1) == [own]
    for device in readers:
        assert await device.quiet(0.1) == [shown]


async def test_message_over_rest_reaches_all_devices_of_both(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    opened = [await devices(person, server=where) for person in (ruth, amos) for where in (None, second)]
    stored = await circle.say(ruth, conversation, "Peace")
    del stored["duplicate"], stored["is_starred"]
    for device in opened:
        message = (await device.message("Peace"))["data"]["message"]
        mine = device.frames[0]["data"]["user"] == ruth.id
        assert message == {**stored, "is_mine": mine}


async def test_stranger_invited_left_and_removed_hear_nothing(
    circle, devices, second, ruth, amos, lydia, naomi
):
    conversation = await circle.group(ruth, amos, lydia)
    invited = naomi
    await circle.call(
        ruth, "POST", f"conversations/{conversation}/members/", {"user": invited.id}, status=201
    )
    left, removed = await circle.member(amos, conversation), await circle.member(lydia, conversation)
    others = [await devices(person, server=where) for person in (amos, lydia) for where in (None, second)]
    await circle.call(amos, "DELETE", f"conversations/{conversation}/members/{left}/")
    await circle.call(ruth, "DELETE", f"conversations/{conversation}/members/{removed}/")
    for device in others:
        await device.first("conversation.removed")
    others += [await devices(invited), await devices(invited, server=second)]
    heard = [len(await device.quiet()) for device in others]
    ears = await devices(ruth)
    await circle.say(ruth, conversation, "not for them")
    await circle.call(ruth, "POST", f"conversations/{conversation}/typing/", {"is_typing": True})
    await circle.call(ruth, "PATCH", f"conversations/{conversation}/", {"title": "Morning"})
    await ears.message("not for them")
    assert [len(await device.quiet(0.1)) for device in others] == heard
    for device in others:
        for type_, data in (
            ("message.send", text(conversation, "Peace")),
            ("receipt", {"conversation": conversation, "read": 1}),
            ("typing", {"conversation": conversation, "is_typing": True}),
        ):
            assert (await device.ask(type_, data))["data"]["code"] in ("forbidden", "not_found")


async def test_anonymous_message_tells_nobody_who_wrote_it(circle, devices, second, ruth, amos, lydia):
    conversation = await circle.group(ruth, amos, lydia)
    author = await circle.member(amos, conversation)
    readers = [await devices(person, server=where) for person in (ruth, lydia) for where in (None, second)]
    writer, other_device = await devices(amos), await devices(amos, server=second)
    body = text(conversation, "in secret", is_anonymous=True)
    answer = (await writer.ask("message.send", body))["data"]
    assert (answer["sender"], answer["sender_name"], answer["is_mine"]) == (None, "Someone", True)
    assert answer["id"] != body["client_id"]
    await circle.say(amos, conversation, "in secret too", is_anonymous=True)
    for device in readers:
        await device.message("in secret too")
        told = json.dumps(await device.quiet(0.1))
        assert told.count("in secret") == 2
        for trace in (amos.id, amos.name, author, body["client_id"], amos.session):
            assert trace not in told
        assert [item["message"]["is_mine"] for item in device.of("message.new")] == [False, False]
    await other_device.message("in secret too")
    assert [item["message"]["is_mine"] for item in other_device.of("message.new")] == [True, True]


async def test_anonymous_member_is_someone_in_every_frame(circle, devices, second, ruth, amos, lydia):
    body = {"kind": "direct_message", "members": [amos.id], "is_anonymous": True}
    made = await circle.call(ruth, "POST", "conversations/", body)
    device = await devices(amos, server=second)
    await circle.call(amos, "POST", f"conversations/{made['id']}/accept/", {})
    # What is said before the other process knows of it is not told but fetched.
    await device.until(lambda frame: '"active"' in json.dumps(frame))
    hidden = await devices(ruth)
    await hidden.ask("message.send", text(made["id"], "Peace"))
    await circle.say(ruth, made["id"], "and rest")
    await hidden.ask("typing", {"conversation": made["id"], "is_typing": True})
    await circle.say(amos, made["id"], "hello")
    await hidden.ask("receipt", {"conversation": made["id"], "read": 3})
    await device.message("and rest")
    told = json.dumps(await device.quiet())
    assert (ruth.id in told, ruth.name in told) == (False, False)
    assert device.of("typing") == device.of("receipt") == []
    assert {item["message"]["sender_name"] for item in device.of("message.new")} >= {"Someone"}


async def test_every_socket_of_two_processes_sees_every_rev_once_and_in_order(
    circle, devices, second, ruth, amos, lydia
):
    conversation = await circle.group(ruth, amos, lydia)
    people = (ruth, amos, lydia)
    writers = [await devices(person, server=where) for person in people for where in (None, second)]
    readers = [await devices(person, server=where) for person in people for where in (None, second)]
    before = (await circle.one(ruth, conversation))["rev"]

    async def by_socket(device) -> None:
        for number in range(25):
            assert (await device.ask("message.send", text(conversation, f"s{number}")))["type"] == "ok"

    async def by_rest(http, person) -> None:
        for number in range(15):
            await Circle(http).say(person, conversation, f"r{number}")

    async with httpx.AsyncClient(base_url=second.http, timeout=20) as other:
        rest = [by_rest(http, person) for http in (circle.http, other) for person in people]
        await asyncio.gather(*(by_socket(device) for device in writers), *rest)
    total = 6 * 25 + 6 * 15
    end = (await circle.one(ruth, conversation))["rev"]
    assert end == before + total
    for device in readers:
        await device.until(lambda f: f["type"] == "message.new" and f["data"]["message"]["rev"] == end)
        await device.quiet(0.05)
        revs = [item["message"]["rev"] for item in device.of("message.new")]
        assert revs == list(range(before + 1, end + 1))
        seqs = [item["message"]["seq"] for item in device.of("message.new")]
        assert seqs == list(range(1, total + 1))


async def test_frames_agree_with_the_history_byte_for_byte(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    reader, writer = await devices(amos, server=second), await devices(ruth)
    chance = random.Random(7)
    letters = 'aä\u0301שלΩ🙏🏽👨‍👩‍👧 \n\t"\\<>&\u2028\u200d\ufeff'
    texts = ["x" + "".join(chance.choices(letters, k=chance.randint(1, 60))) for _ in range(40)]
    for content in texts:
        assert (await writer.ask("message.send", text(conversation, content)))["type"] == "ok"
    await reader.message(texts[-1])
    page = await circle.call(amos, "GET", f"conversations/{conversation}/messages/?after=0&limit=100")
    for message in page["results"]:
        del message["is_starred"]
    assert [item["message"] for item in reader.of("message.new")] == page["results"]
    assert [message["content"] for message in page["results"]] == texts


async def test_two_sessions_of_one_person_are_devices_of_one_person(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    tablet = await asyncio.to_thread(sign_in, ruth.user)
    phone = await devices(ruth)
    other = await devices(tablet)
    assert phone.frames[0]["data"]["session"] != other.frames[0]["data"]["session"]
    await phone.ask("message.send", text(conversation, "from the phone"))
    assert (await other.message("from the phone"))["data"]["message"]["is_mine"] is True


async def test_reply_and_mention_come_resolved(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    reader = await devices(amos, server=second)
    await circle.say(ruth, conversation, "question")
    me = await circle.member(amos, conversation)
    writer = await devices(ruth)
    body = text(conversation, "answer", reply_to=1, mentions=[me])
    await writer.ask("message.send", body)
    message = (await reader.message("answer"))["data"]["message"]
    assert message["reply_to"] == {"seq": 1, "sender_name": "Ruth", "preview": "question"}
    assert message["mentions"] == [me]


async def test_client_that_goes_mid_send_harms_nobody(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    reader = await devices(amos)
    bodies = [text(conversation, f"{number}") for number in range(60)]
    for start in range(0, 60, 20):
        writer = await devices(ruth)
        for number in range(start, start + 20):
            await writer.send("message.send", bodies[number], ref=number)
        writer.cut()
    await reader.quiet()
    page = await circle.call(ruth, "GET", f"conversations/{conversation}/messages/?after=0&limit=100")
    kept = [(message["seq"], message["id"]) for message in page["results"]]
    assert [(item["message"]["seq"], item["message"]["id"]) for item in reader.of("message.new")] == kept
    assert [seq for seq, _ in kept] == list(range(1, len(kept) + 1))
    writer = await devices(ruth)
    again = [(await writer.ask("message.send", body))["data"] for body in bodies]
    assert [item["duplicate"] for item in again] == [
        body["client_id"] in dict(map(reversed, kept)) for body in bodies
    ]
    assert sorted(item["seq"] for item in again) == list(range(1, 61))
