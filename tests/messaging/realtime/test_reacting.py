"""`reaction.set`, and what is told of reactions, pins and stars."""

import json
from urllib.parse import quote

from tests.messaging.realtime.test_changing import one, updated

PRAY = "\U0001f64f"


async def test_a_reaction_is_told_to_everybody_without_saying_whose_it_is(
    circle, devices, second, ruth, amos, lydia
):
    conversation = await circle.group(ruth, amos, lydia)
    await circle.say(ruth, conversation, "hello")
    mine = await devices(amos)
    others = [await devices(ruth, server=second), await devices(lydia)]
    member = await circle.member(amos, conversation)
    assert await mine.ask("reaction.set", one(conversation, 1, emoji=PRAY, on=True)) == {
        "type": "ok",
        "ref": 1,
    }
    for device in (mine, *others):
        told = await updated(device)
        assert told["reactions"] == [{"emoji": PRAY, "count": 1}]
        assert "is_starred" not in told
    for device in others:
        text = json.dumps(await device.quiet(0.1))
        assert (member in text, amos.id in text) == (False, False)
    await mine.ask("reaction.set", one(conversation, 1, emoji=PRAY, on=False))
    for device in (mine, *others):
        assert (await updated(device, reactions=[]))["rev"] == told["rev"] + 1


async def test_a_reaction_to_a_sealed_message_leaves_its_author_sealed(
    circle, devices, second, ruth, amos, lydia
):
    conversation = await circle.group(ruth, amos, lydia)
    await circle.say(amos, conversation, "in secret", is_anonymous=True)
    author = [await devices(amos), await devices(amos, server=second)]
    others = [await devices(ruth), await devices(lydia, server=second)]
    await others[0].ask("reaction.set", one(conversation, 1, emoji=PRAY, on=True))
    assert [(await updated(device))["is_mine"] for device in author] == [True, True]
    for device in others:
        assert (await updated(device))["is_mine"] is False
        text = json.dumps(await device.quiet(0.1))
        assert (amos.id in text, "Amos" in text) == (False, False)


async def test_pins_are_everybodys_and_stars_are_ones_own_devices(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    await circle.say(ruth, conversation, "hello")
    mine, other = await devices(amos, server=second), await devices(ruth)
    path = f"conversations/{conversation}/messages/1"
    await circle.call(amos, "PUT", f"{path}/star/")
    news = (await mine.first("message.personal"))["data"]
    assert (news["seq"], news["is_starred"]) == (1, True)
    assert await other.quiet() == []
    await circle.call(amos, "PUT", f"{path}/pin/")
    for device in (mine, other):
        assert (await updated(device))["is_pinned"] is True


async def test_refusals_of_reactions_have_their_code(circle, devices, ruth, amos, lydia):
    conversation = await circle.pair(ruth, amos)
    await circle.say(ruth, conversation, "hello")
    device, strange = await devices(amos), await devices(lydia)

    async def code(who, **more):
        data = one(conversation, 1, emoji=PRAY, on=True) | more
        return (await who.ask("reaction.set", data))["data"]["code"]

    assert await code(device, emoji="x") == await code(device, on=1) == await code(device, seq=0) == "invalid"
    assert await code(device, seq=2) == await code(strange) == "not_found"
    await circle.call(ruth, "POST", "me/blocks/", {"user": amos.id})
    assert await code(device) == "blocked"


async def test_state_built_from_frames_equals_rest(circle, devices, second, ruth, amos, lydia):
    """Whatever is done by whom and where: the frames alone give what a history says."""
    conversation = await circle.group(ruth, amos, lydia)
    ear = await devices(lydia, server=second)
    path = f"conversations/{conversation}/messages"
    for number in range(6):
        person = (ruth, amos)[number % 2]
        more = {"reply_to": number} if number else {}
        await circle.say(person, conversation, f"text {number}", is_anonymous=number == 3, **more)
    heart = quote("\u2764\ufe0f")
    steps = [
        (ruth, "PATCH", "1/", {"content": "first, mended"}), (amos, "PUT", f"1/reactions/{quote(PRAY)}/", None),
        (ruth, "PUT", f"1/reactions/{quote(PRAY)}/", None), (lydia, "PUT", f"4/reactions/{heart}/", None),
        (ruth, "PUT", "5/pin/", None), (amos, "PATCH", "4/", {"content": "sealed, mended"}),
        (ruth, "DELETE", "3/?scope=all", None), (amos, "DELETE", f"1/reactions/{quote(PRAY)}/", None),
        (ruth, "PATCH", "5/", {"content": "fifth, mended"}), (ruth, "DELETE", "5/pin/", None),
    ]  # fmt: skip
    for person, method, rest, body in steps:
        await circle.call(person, method, f"{path}/{rest}", body)
    await circle.say(ruth, conversation, "last", reply_to=1)
    await ear.message("last")
    built = {}
    revs = []
    for frame in await ear.quiet(0.1):
        if frame["type"] in ("message.new", "message.updated"):
            built[frame["data"]["message"]["seq"]] = frame["data"]["message"]
            revs.append(frame["data"]["message"]["rev"])
    assert revs == list(range(revs[0], revs[0] + 17))
    page = await circle.call(lydia, "GET", f"{path}/?after=0&limit=100")
    for message in page["results"]:
        del message["is_starred"]
        for reaction in message["reactions"]:
            del reaction["mine"]
        # A quote is resolved when it is read; a frame says what it said when it was sent.
        if message["reply_to"] and built[message["seq"]]["reply_to"]:
            built[message["seq"]]["reply_to"]["preview"] = message["reply_to"]["preview"]
    assert [built[seq] for seq in sorted(built)] == page["results"]
