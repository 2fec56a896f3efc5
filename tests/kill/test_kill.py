"""`kill -9` in the middle of a conversation: whatever was answered `ok` is there, once, and in order.

`python -m bench.verses --kill …` runs the same with every verse of a Bible and fifty pairs.
"""

import asyncio
import os
from contextlib import suppress
from typing import get_args

import pytest

from bench.agreement import differences
from bench.chaos import killings
from bench.client import Client
from bench.connection import Lost, Refused, Socket
from bench.crowd import Crowd
from bench.ids import client_id
from bench.people import befriend, people
from bench.rest import shared_http
from bench.stack import Component, Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
PAIRS, MESSAGES, DOWN_S = 10, 800, 0.5


@pytest.fixture(autouse=True)
def _alive(stack: Stack):
    """Whatever the test before has killed runs again."""
    yield
    for component, pid in stack.pids().items():
        if pid is None:
            stack.revive(component)  # type: ignore[arg-type]


@pytest.mark.parametrize("component", get_args(Component))
async def test_everything_answered_ok_is_there_once_and_in_order(stack, component):
    async with shared_http(stack.url) as http:
        crowd = await Crowd.gather(stack.url, http, PAIRS, 1, stack)
        crowd.deal([f"{number} peace שלום 🕊️" for number in range(MESSAGES)])
        async with crowd:
            for couple in crowd.couples:
                for side in couple.sides:
                    side.write(couple.conversation)
            await asyncio.wait_for(killings(crowd, stack, component, 1, DOWN_S), 90)
            answers = [stored for side in crowd.sides for stored in side.sent]
            await asyncio.wait_for(asyncio.gather(*answers), 90)
            await asyncio.wait_for(crowd.online(), 30)
            await crowd.settle()
            assert await differences(crowd, stack.dsn) == {}
            await resend(crowd)
            assert await differences(crowd, stack.dsn) == {}
    assert crowd.figures[f"{component} killed"] == 1


async def resend(crowd: Crowd) -> None:
    """A client that has forgotten which answers it got sends again, over REST this time."""
    for couple in crowd.couples:
        for side in couple.sides:
            stored = side.sent[len(side.sent) // 2].result()
            body = {"client_id": stored["id"], "type": "text", "content": stored["content"]}
            path = f"/conversations/{couple.conversation}/messages/"
            again = await side.person.rest.call("POST", path, body)
            assert (again["duplicate"], again["seq"]) == (True, stored["seq"])


async def test_an_app_that_is_closed_while_its_line_breaks_is_closed(stack):
    """Whichever comes first, and however many steps of the event loop lie between."""
    async with shared_http(stack.url) as http:
        (ruth,) = await people(http, 1, stack)
        for steps in range(12):
            client = Client(stack.url, ruth.rest, on_message=lambda *_: None)
            running = asyncio.create_task(client.run())
            await online(client, connections=1)
            client.socket.abort()  # from this one it comes back
            await online(client, connections=2)
            client.socket.abort()
            for _ in range(steps):
                await asyncio.sleep(0)
            running.cancel()
            _, still = await asyncio.wait([running], timeout=20)
            running.cancel()  # where the first was not heeded
            assert not still, f"it went on after {steps} steps"
            assert running.cancelled()


class Removed(Client):
    """Removed from the conversation between the answer to `sync` and the question for `changes`."""

    async def _ask(self, kind, data):
        if kind == "changes":
            await self.removing
        return await super()._ask(kind, data)


async def test_an_app_whose_person_is_removed_while_it_catches_up_lets_the_conversation_go(stack):
    async with shared_http(stack.url) as http:
        ruth, amos = await people(http, 2, stack)
        conversation = await befriend(ruth, amos)
        group = {"kind": "group_prayer", "title": "Evening", "members": [amos.id], "client_id": client_id()}
        room = f"/conversations/{(await ruth.rest.call('POST', '/conversations/', group))['id']}"
        mine = (await amos.rest.call("POST", f"{room}/accept/", {}))["my_member"]["id"]
        client = Removed(stack.url, amos.rest, on_message=lambda *_: None)
        client.removing = asyncio.ensure_future(ruth.rest.call("DELETE", f"{room}/members/{mine}/"))
        running = asyncio.create_task(client.run())
        await online(client, connections=1)
        assert list(client.replica.copies) == [conversation]
        running.cancel()
        await asyncio.wait([running])


async def online(client: Client, *, connections: int) -> None:
    async with asyncio.timeout(20):
        while not (client.online.is_set() and client.figures["connections"] == connections):  # noqa: ASYNC110 - two facts
            await asyncio.sleep(0.02)


async def test_without_postgresql_a_send_is_answered_unavailable_and_a_newcomer_told_to_come_back(stack):
    async with shared_http(stack.url) as http:
        ruth, amos = await people(http, 2, stack)
        conversation = await befriend(ruth, amos)
        socket = await Socket.open(stack.url, await ruth.rest.ticket(), lambda frame: None)
        listening = asyncio.create_task(ignore_lost(socket))
        ticket = await amos.rest.ticket()
        body = {"conversation": conversation, "type": "text", "content": "Peace", "client_id": client_id()}
        await asyncio.to_thread(stack.kill, "postgres")
        with pytest.raises(Refused) as refused:
            await until_refused(socket, body)
        assert (refused.value.code, refused.value.retry_after_s) == ("unavailable", 0.5)
        ready = asyncio.create_task(http.get("/readyz"))
        with pytest.raises(Lost) as lost:
            await Socket.open(stack.url, ticket, lambda frame: None)
        assert (lost.value.code, lost.value.reconnect) == (4030, True)
        assert (await ready).json()["parts"] == {
            "database": False,
            "migrations": False,
            "partitions": False,
            "valkey": True,
        }
        await asyncio.to_thread(stack.revive, "postgres")
        stored = await until_available(socket, body)
        assert stored["seq"] == 1
        await socket.close()
        await listening


async def test_message_of_an_unanswered_client_is_there_once_or_not_at_all(stack):
    """The server dies between a send and its answer: sending again settles it."""
    async with shared_http(stack.url) as http:
        ruth, amos = await people(http, 2, stack)
        conversation = await befriend(ruth, amos)
        socket = await Socket.open(stack.url, await ruth.rest.ticket(), lambda frame: None)
        listening = asyncio.create_task(ignore_lost(socket))
        bodies = [
            {"conversation": conversation, "type": "text", "content": f"{n}", "client_id": client_id()}
            for n in range(200)
        ]
        asking = [asyncio.create_task(socket.ask("message.send", body)) for body in bodies]
        await asyncio.sleep(0.05)
        os.kill(stack.pids()["server"], 9)
        answers = await asyncio.gather(*asking, return_exceptions=True)
        await listening
        await asyncio.to_thread(stack.process.wait)
        await asyncio.to_thread(stack.revive, "server")
        again = []
        for body in bodies:
            fields = {key: value for key, value in body.items() if key != "conversation"}
            again.append(await ruth.rest.call("POST", f"/conversations/{conversation}/messages/", fields))
        for first, second in zip(answers, again, strict=True):
            if isinstance(first, dict):
                assert (second["duplicate"], second["seq"], second["id"]) == (True, first["seq"], first["id"])
        assert sorted(message["seq"] for message in again) == list(range(1, 201))


async def ignore_lost(socket: Socket) -> None:
    with suppress(Lost):
        await socket.listen()


async def until_refused(socket: Socket, body: dict) -> None:
    """The backends of a killed postmaster may live on for a moment."""
    async with asyncio.timeout(20):
        while True:
            await socket.ask("message.send", body)


async def until_available(socket: Socket, body: dict) -> dict:
    async with asyncio.timeout(20):
        while True:
            try:
                return await socket.ask("message.send", body)
            except Refused as refusal:
                await asyncio.sleep(refusal.retry_after_s)
