"""`message.edit`, `message.delete` and what everybody is told: `message.updated`."""

import asyncio
import json

import pytest

from tests.messaging.lines import as_member, line
from tests.messaging.realtime.conftest import BOTH
from tests.messaging.realtime.people import text

both = pytest.mark.parametrize("kind", BOTH, indirect=True)


def one(conversation, seq, **more):
    return {"conversation": conversation, "seq": seq, **more}


async def updated(device, state="live", **like):
    """The message of the first `message.updated` in this state."""

    def is_it(frame):
        if frame["type"] != "message.updated" or frame["data"]["message"]["state"] != state:
            return False
        return like.items() <= frame["data"]["message"].items()

    return (await device.until(is_it))["data"]["message"]


@both
async def test_edit_is_answered_with_the_message_and_told_to_every_device(
    circle, devices, second, ruth, amos
):
    conversation = await circle.pair(ruth, amos)
    await circle.say(ruth, conversation, "helo")
    mine = [await devices(ruth), await devices(ruth, server=second)]
    others = [await devices(amos), await devices(amos, server=second)]
    answer = (await mine[0].ask("message.edit", one(conversation, 1, content="hello")))["data"]
    stored = await circle.call(ruth, "GET", f"conversations/{conversation}/messages/1/")
    assert answer == stored
    del stored["is_starred"]
    for device in mine:
        assert await updated(device, content="hello") == stored
    for device in others:
        assert await updated(device, content="hello") == {**stored, "is_mine": False}
    assert [len(device.of("message.updated")) for device in (*mine, *others)] == [1, 1, 1, 1]


async def test_delete_for_all_leaves_a_tombstone_on_every_device(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    await circle.say(ruth, conversation, "Zephyrine")
    ears = [await devices(amos, server=second), await devices(ruth)]
    writer = await devices(ruth)
    answer = (await writer.ask("message.delete", one(conversation, 1)))["data"]
    assert (answer["state"], answer["content"], answer["is_mine"]) == ("deleted", None, True)
    for device in ears:
        told = await updated(device, "deleted")
        assert "Zephyrine" not in json.dumps(device.events)
        assert (told["seq"], told["rev"]) == (1, answer["rev"])


async def test_delete_for_me_is_told_to_my_own_devices_alone(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    await circle.say(ruth, conversation, "hello")
    phone, tablet, other = await devices(amos), await devices(amos, server=second), await devices(ruth)
    answer = await phone.ask("message.delete", one(conversation, 1, scope="me"))
    assert answer["data"] == {"seq": 1, "state": "removed"}
    news = (await tablet.first("message.personal"))["data"]
    me_rev = (await phone.ask("sync", {"positions": {}}))["data"]["me_rev"]
    assert news == {"conversation": conversation, "seq": 1, "me_rev": me_rev, "state": "removed"}
    assert await other.quiet() == []


async def test_what_i_deleted_for_me_comes_back_with_no_later_change(
    circle, devices, second, ruth, amos, lydia
):
    conversation = await circle.group(ruth, amos, lydia)
    await circle.say(ruth, conversation, "first")
    await circle.call(amos, "DELETE", f"conversations/{conversation}/messages/1/?scope=me")
    gone, there = await devices(amos, server=second), await devices(lydia, server=second)
    await circle.call(ruth, "PATCH", f"conversations/{conversation}/messages/1/", {"content": "second"})
    await updated(there, content="second")
    assert await gone.quiet() == []
    found = await circle.call(amos, "GET", f"conversations/{conversation}/changes/?after_rev=0")
    assert found["messages"] == [{"seq": 1, "state": "removed"}]


async def test_a_sealed_authors_change_is_theirs_on_their_devices_and_nobodys_on_others(
    circle, devices, second, ruth, amos, lydia
):
    conversation = await circle.group(ruth, amos, lydia)
    member = await circle.member(amos, conversation)
    await circle.say(amos, conversation, "in secret", is_anonymous=True)
    mine = [await devices(amos), await devices(amos, server=second)]
    others = [await devices(person, server=where) for person in (ruth, lydia) for where in (None, second)]
    await mine[0].ask("message.edit", one(conversation, 1, content="in peace"))
    await mine[0].ask("message.delete", one(conversation, 1))
    for device in (*mine, *others):
        await updated(device, "deleted")
    for device in mine:
        assert [item["message"]["is_mine"] for item in device.of("message.updated")] == [True, True]
    for device in others:
        told = json.dumps(await device.quiet(0.1))
        assert [item["message"]["is_mine"] for item in device.of("message.updated")] == [False, False]
        for trace in (amos.id, amos.name, member, amos.session):
            assert trace not in told


async def test_a_message_that_is_made_anonymous_is_told_to_every_device_without_its_author(
    circle, devices, second, ruth, amos, lydia
):
    conversation = await circle.group(ruth, amos, lydia)
    member = await circle.member(amos, conversation)
    await circle.say(amos, conversation, "under my name")
    mine = [await devices(amos), await devices(amos, server=second)]
    others = [await devices(person, server=where) for person in (ruth, lydia) for where in (None, second)]
    await circle.call(amos, "POST", f"conversations/{conversation}/messages/1/anonymise/")
    for device in (*mine, *others):
        told = await updated(device, content="under my name")
        assert (told["sender"], told["sender_name"], told["is_anonymous"]) == (None, "Someone", True)
        assert told["is_mine"] is (device in mine)
    for device in others:
        told = json.dumps(await device.quiet(0.1))
        for trace in (amos.id, amos.name, member, amos.session):
            assert trace not in told


async def test_who_came_later_is_told_nothing_of_what_was_before(circle, devices, second, ruth, amos, lydia):
    conversation = await circle.group(ruth, amos)
    await circle.say(ruth, conversation, "Zephyrine")
    await circle.call(ruth, "POST", f"conversations/{conversation}/members/", {"user": lydia.id})
    late, later = await devices(lydia), await devices(lydia, server=second)
    await circle.call(lydia, "POST", f"conversations/{conversation}/accept/", {})
    await late.until(lambda frame: '"active"' in json.dumps(frame))
    there = await devices(amos, server=second)
    await circle.call(
        ruth, "PATCH", f"conversations/{conversation}/messages/1/", {"content": "Zephyrine again"}
    )
    await circle.say(amos, conversation, "an answer", reply_to=1)
    assert (await there.message("an answer"))["data"]["message"]["reply_to"]["preview"] == "Zephyrine again"
    for device in (late, later):
        assert (await device.message("an answer"))["data"]["message"]["reply_to"] is None
        assert "Zephyrine" not in json.dumps(await device.quiet(0.1))
    seen = await circle.call(lydia, "GET", f"conversations/{conversation}/messages/2/")
    assert seen["reply_to"] is None


async def test_typing_goes_on_while_a_message_of_before_is_mended(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    await circle.say(ruth, conversation, "helo")
    ear, writer = await devices(amos), await devices(ruth)
    await writer.ask("typing", {"conversation": conversation, "is_typing": True})
    await writer.ask("message.edit", one(conversation, 1, content="hello"))
    await updated(ear, content="hello")
    await ear.quiet(0.1)
    assert [len(item["members"]) for item in ear.of("typing")] == [1]


async def test_refusals_are_answered_with_their_code(circle, devices, ruth, amos, lydia):
    conversation = await circle.pair(ruth, amos)
    await circle.say(ruth, conversation, "hello")
    theirs, strange = await devices(amos), await devices(lydia)

    async def code(device, type_, data):
        return (await device.ask(type_, data))["data"]["code"]

    edit = one(conversation, 1, content="x")
    assert await code(theirs, "message.edit", edit) == "forbidden"
    assert await code(theirs, "message.delete", one(conversation, 1)) == "forbidden"
    assert await code(theirs, "message.edit", one(conversation, 2, content="x")) == "not_found"
    assert await code(theirs, "message.edit", one(conversation, 1)) == "forbidden"
    assert await code(theirs, "message.edit", {**edit, "content": 5}) == "invalid"
    assert await code(theirs, "message.delete", one(conversation, 1, scope="some")) == "invalid"
    assert await code(theirs, "message.delete", one(conversation, 0)) == "invalid"
    for type_, data in (("message.edit", edit), ("message.delete", one(conversation, 1, scope="me"))):
        assert await code(strange, type_, data) == "not_found"
    own = await devices(ruth)
    assert await code(own, "message.edit", {**edit, "content": " "}) == "invalid"
    await circle.call(amos, "POST", "me/blocks/", {"user": ruth.id})
    assert await code(own, "message.edit", edit) == "blocked"
    assert (await own.ask("message.delete", one(conversation, 1)))["type"] == "ok"


async def test_changes_whose_news_was_lost_are_told_from_postgresql_in_order(
    circle, devices, second, ruth, amos, lydia
):
    conversation = await circle.group(ruth, amos, lydia)
    for number in range(3):
        await circle.say(ruth, conversation, f"first {number}")
    ears = [await devices(amos), await devices(lydia, server=second), await devices(ruth, server=second)]

    def behind_the_hubs_back():
        with line() as connection:
            for call in (
                "edit_message(%s, 1, 'second', NULL)",
                "delete_message(%s, 2)",
                "edit_message(%s, 1, 'third', NULL)",
            ):
                as_member(connection, ruth.id, f"SELECT * FROM {call}", conversation)

    await asyncio.to_thread(behind_the_hubs_back)
    await circle.say(lydia, conversation, "after")
    for ear in ears:
        await ear.message("after")
        told = [(frame["type"], frame["data"]["message"]) for frame in await ear.quiet(0.1)]
        assert [(type_, message["seq"], message["content"]) for type_, message in told] == [
            ("message.updated", 2, None),
            ("message.updated", 1, "third"),
            ("message.new", 4, "after"),
        ]
        revs = [message["rev"] for _, message in told]
        assert revs == sorted(revs)
        mine = ear.frames[0]["data"]["user"] == ruth.id
        assert [message["is_mine"] for _, message in told[:2]] == [mine, mine]


async def test_a_lost_message_that_was_edited_since_comes_as_new_and_as_it_stands(
    circle, devices, second, ruth, amos
):
    conversation = await circle.pair(ruth, amos)
    ear = await devices(amos, server=second)
    body = text(conversation, "first")
    del body["conversation"]

    def behind_the_hubs_back():
        with line() as connection:
            request = {
                **body,
                "conversation": conversation,
                "fresh_id": body["client_id"],
                "is_anonymous": False,
                "mentions": [],
                "digests": ["x"],
            }
            as_member(connection, ruth.id, "SELECT * FROM send_message(%s)", json.dumps(request))
            as_member(connection, ruth.id, "SELECT * FROM edit_message(%s, 1, 'second', NULL)", conversation)

    await asyncio.to_thread(behind_the_hubs_back)
    await circle.say(ruth, conversation, "after")
    await ear.message("after")
    told = [(frame["type"], frame["data"]["message"]["content"]) for frame in await ear.quiet(0.1)]
    assert told == [("message.new", "second"), ("message.new", "after")]
