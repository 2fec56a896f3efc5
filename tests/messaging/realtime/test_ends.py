"""How sockets end: who may not read on gets nothing more within a second."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest
from django.db import transaction
from django.utils.timezone import now
from websockets.exceptions import ConnectionClosed

from accounts.services.suspension import suspend
from tests.messaging.realtime.conftest import BOTH
from tests.messaging.realtime.people import Circle, sign_in, text

SHORT = {"SOCKET_SECONDS": "6", "HEARTBEAT_SECONDS": "1"}


class Talk:
    """Somebody who goes on talking; `times` says when each text was stored."""

    def __init__(self, circle, person, conversation) -> None:
        self.times: dict[int, float] = {}
        self._task = asyncio.create_task(self._run(circle, person, conversation))

    async def _run(self, circle, person, conversation) -> None:
        while True:
            began = time.monotonic()
            self.times[(await circle.say(person, conversation, "on and on"))["seq"]] = began
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.mark.parametrize("kind", BOTH, indirect=True)
async def test_signing_out_ends_the_sessions_sockets_within_a_second(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    tablet = await asyncio.to_thread(sign_in, amos.user)
    ending = [await devices(amos), await devices(amos, server=second)]
    stays = await devices(tablet)
    talk = Talk(circle, ruth, conversation)
    await stays.first("message.new")
    await circle.call(amos, "POST", "auth/logout/", {"refresh": amos.refresh})
    said = time.monotonic()
    for device in ending:
        assert await device.closed(patience=1.5) == 4501
        assert time.monotonic() - said < 1
        assert device.bye == {"code": 4501, "reason": "signed_out", "reconnect": False, "retry_after_ms": 0}
        assert device.frames[-1]["type"] == "bye"
    await asyncio.sleep(0.2)
    await talk.stop()
    for device in ending:
        late = [
            item for item in device.of("message.new") if talk.times.get(item["message"]["seq"], 0) > said + 1
        ]
        assert late == []
    assert (await stays.ask("ping"))["type"] == "pong"


async def test_suspension_ends_every_socket(circle, devices, second, ruth, amos):
    ending = [await devices(amos), await devices(amos, server=second)]

    def by_command() -> None:
        with transaction.atomic():
            suspend(user=amos.user, until=now() + timedelta(days=1), code="spam", now=now())

    await asyncio.to_thread(by_command)
    for device in ending:
        assert await device.closed(patience=1.5) == 4503
        assert device.bye == {"code": 4503, "reason": "suspended", "reconnect": False, "retry_after_ms": 0}


@pytest.mark.parametrize("kind", BOTH, indirect=True)
async def test_removed_member_gets_nothing_of_what_is_said_later(circle, devices, second, ruth, amos):
    conversation = await circle.group(ruth, amos)
    gone = [await devices(amos), await devices(amos, server=second)]
    member = await circle.member(amos, conversation)
    talk = Talk(circle, ruth, conversation)
    for device in gone:
        await device.first("message.new")
    await circle.call(ruth, "DELETE", f"conversations/{conversation}/members/{member}/")
    answered = time.monotonic()
    await asyncio.sleep(1.2)
    await talk.stop()
    assert max(talk.times.values()) > answered + 0.8
    for device in gone:
        await device.quiet(0.05)
        assert device.of("conversation.removed") == [{"id": conversation, "reason": "removed"}]
        heard = [talk.times[item["message"]["seq"]] for item in device.of("message.new")]
        assert max(heard) < answered + 1
        place = [frame["type"] for frame in device.events].index("conversation.removed")
        after = [frame["type"] for frame in device.events[place:]]
        assert "message.new" not in after


async def test_block_ends_the_direct_conversation_at_once(circle, devices, second, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    blocked, beside = await devices(ruth), await devices(amos, server=second)
    await circle.call(amos, "POST", "me/blocks/", {"user": ruth.id}, status=201)
    answer = await blocked.ask("message.send", text(conversation, "listen"))
    assert answer["data"] == {"code": "blocked", "detail": "One of you has blocked the other."}
    assert [frame for frame in await beside.quiet() if frame["type"] == "message.new"] == []


@pytest.mark.parametrize("lowered", [SHORT], indirect=True)
async def test_socket_ends_with_its_sign_in_and_a_fresh_ticket_extends_it(circle, devices, ruth, amos):
    await asyncio.gather(_runs_out(devices, ruth), _is_extended(circle, devices, amos))


async def _runs_out(devices, person) -> None:
    device, began = await devices(person), time.monotonic()
    warning = await device.first("auth.expiring")
    assert warning["data"] == {"expires_at": device.frames[0]["data"]["expires_at"]}
    while device.code is None and time.monotonic() - began < 10:
        with suppress(ConnectionClosed):  # it may end between the look and the ping
            await device.send("ping")
        await asyncio.sleep(0.5)
    assert 5.5 < time.monotonic() - began < 9
    assert await device.closed() == 4002
    assert device.bye == {
        "code": 4002,
        "reason": "The sign-in of this socket has run out.",
        "reconnect": True,
        "retry_after_ms": 0,
    }


async def _is_extended(circle, devices, person) -> None:
    device, began = await devices(person), time.monotonic()
    while time.monotonic() - began < 8:
        answer = await device.ask("auth.refresh", {"ticket": await circle.ticket(person)})
        assert answer["data"]["expires_at"] > device.frames[0]["data"]["expires_at"]
        await asyncio.sleep(1)
    assert (await device.ask("ping"))["type"] == "pong"


async def test_ticket_of_somebody_else_or_of_another_session_extends_nothing(circle, devices, ruth, amos):
    device = await devices(ruth)
    other_session = await asyncio.to_thread(sign_in, ruth.user)
    used = await circle.ticket(ruth)
    assert (await device.ask("auth.refresh", {"ticket": used}))["type"] == "ok"
    tickets = [await circle.ticket(amos), await circle.ticket(other_session), used, "nonsense", ""]
    for ticket in tickets:
        assert (await device.ask("auth.refresh", {"ticket": ticket}))["data"]["code"] == "not_authenticated"
    assert (await device.ask("ping"))["type"] == "pong"


@pytest.mark.parametrize("lowered", [SHORT], indirect=True)
async def test_silent_client_is_let_go_after_two_heartbeats(devices, ruth):
    silent, talking = await devices(ruth), await devices(ruth)
    assert silent.frames[0]["data"]["heartbeat_s"] == 1
    began = time.monotonic()
    while silent.code is None and time.monotonic() - began < 5:
        await talking.ask("ping")
        await asyncio.sleep(0.2)
    assert (silent.code, silent.bye["code"]) == (4008, 4008)
    assert 1.8 < time.monotonic() - began < 4.5
    assert talking.code is None


@pytest.mark.parametrize("kind", BOTH)
async def test_sigterm_says_goodbye_and_answers_what_was_accepted(
    processes, ruth, amos, kind, transactional_db
):
    from tests.messaging.realtime.device import Devices

    own = processes.start(kind)
    await asyncio.to_thread(own.wait_until_ready)
    try:
        async with httpx.AsyncClient(base_url=own.http, timeout=20) as http:
            circle = Circle(http)
            devices = Devices(own, circle)
            conversation = await circle.pair(ruth, amos)
            opened = [await devices(person) for person in (ruth, amos) for _ in range(3)]
            writer = opened[0]
            bodies = [text(conversation, f"{number}") for number in range(200)]
            for number, body in enumerate(bodies):
                await writer.send("message.send", body, ref=number)
                if number == 150:
                    own.terminate()
            for device in opened:
                assert await device.closed(patience=15) == 4030
                assert device.bye is not None
                assert (device.bye["code"], device.bye["reconnect"]) == (4030, True)
                assert 0 <= device.bye["retry_after_ms"] <= 5_000
            answers = {f["ref"]: f["type"] for f in writer.frames if "ref" in f}
            await devices.close()
        assert await asyncio.to_thread(own.process.wait, 20) == 0
    finally:
        own.stop()
    again = await asyncio.to_thread(processes.get, "daphne")
    async with httpx.AsyncClient(base_url=again.http, timeout=20) as http:
        kept = {}
        for after in (0, 100):
            page = await Circle(http).call(
                amos, "GET", f"conversations/{conversation}/messages/?after={after}&limit=100"
            )
            kept |= {message["id"]: message["content"] for message in page["results"]}
    acknowledged = {ref for ref, type_ in answers.items() if type_ == "ok"}
    assert len(acknowledged) > 50
    assert {bodies[ref]["client_id"] for ref in acknowledged} <= kept.keys()
    assert list(kept.values()) == [f"{number}" for number in range(len(kept))]
