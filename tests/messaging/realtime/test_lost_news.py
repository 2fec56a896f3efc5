"""Valkey carries news, never truth: what is lost there is found again."""

import asyncio
import os
import signal
import time

import pytest
from django.conf import settings
from redis.asyncio import Redis

from tests.messaging.realtime.people import text
from tests.messaging.realtime.serving import valkey_pid
from tests.support.environment import uses_embedded

own_valkey = pytest.mark.skipif(not uses_embedded("valkey"), reason="not our Valkey to stop")


@pytest.fixture
async def valkey_now():
    async with Redis.from_url(settings.REDIS_URL) as client:
        yield client


async def test_last_words_before_a_silence_arrive_though_the_subscriptions_were_killed(
    circle, devices, second, valkey_now, ruth, amos, lydia, naomi
):
    rooms = [await circle.pair(ruth, person) for person in (amos, lydia, naomi)]
    ears = [await devices(person, server=second) for person in (amos, lydia, naomi)]
    writer = await devices(ruth)
    await asyncio.sleep(1.2)  # both processes know each other's beat
    killed = await valkey_now.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    for room in rooms:
        assert (await writer.ask("message.send", text(room, "last words")))["type"] == "ok"
    assert killed >= 2
    for ear in ears:
        await ear.message("last words", patience=8)


async def test_traffic_goes_on_whole_and_in_order_while_subscriptions_are_killed(
    circle, devices, second, valkey_now, ruth, amos
):
    conversation = await circle.pair(ruth, amos)
    ears = [await devices(person, server=where) for person in (ruth, amos) for where in (None, second)]
    writers = [await devices(ruth), await devices(amos, server=second)]
    before = (await circle.one(ruth, conversation))["rev"]

    async def write(device) -> None:
        for number in range(60):
            assert (await device.ask("message.send", text(conversation, f"{number}")))["type"] == "ok"
            await asyncio.sleep(0.02)

    async def kill() -> None:
        for _ in range(4):
            await asyncio.sleep(0.3)
            await valkey_now.execute_command("CLIENT", "KILL", "TYPE", "pubsub")

    await asyncio.gather(*(write(device) for device in writers), kill())
    for ear in ears:
        await ear.until(
            lambda f: f["type"] == "message.new" and f["data"]["message"]["rev"] == before + 120, patience=8
        )
        revs = [item["message"]["rev"] for item in ear.of("message.new")]
        assert revs == list(range(before + 1, before + 121))


async def test_forgotten_keys_harm_no_message(circle, devices, second, valkey_now, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    ear, writer = await devices(amos, server=second), await devices(ruth)
    await writer.ask("typing", {"conversation": conversation, "is_typing": True})
    await valkey_now.flushdb()
    for number in range(20):
        assert (await writer.ask("message.send", text(conversation, f"{number}")))["type"] == "ok"
    await ear.message("19")
    assert [item["message"]["seq"] for item in ear.of("message.new")] == list(range(1, 21))
    assert ear.of("typing")[-1]["members"] == []
    await devices(ruth)


@own_valkey
async def test_valkey_that_hangs_for_five_seconds_delays_news_and_loses_none(
    circle, devices, second, ruth, amos
):
    conversation = await circle.pair(ruth, amos)
    beside, far = await devices(amos), await devices(amos, server=second)
    writer = await devices(ruth)
    pid = valkey_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        for number in range(10):
            answer = await writer.ask("message.send", text(conversation, f"{number}"), patience=3)
            assert answer["type"] == "ok"
        await beside.message("9")  # a process needs nobody to tell its own sockets
        assert (await writer.ask("ping"))["type"] == "pong"
        answer = await circle.http.post("/api/v1/ws/ticket/", json={}, headers=ruth.headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert (await writer.ask("typing", {"conversation": conversation, "is_typing": True}))["type"] in (
            "ok",
            "error",
        )
        await asyncio.sleep(max(0, began + 5 - time.monotonic()))
    finally:
        os.kill(pid, signal.SIGCONT)
    await far.message("9", patience=8)
    assert [item["message"]["seq"] for item in far.of("message.new")] == list(range(1, 11))
    await writer.ask("message.send", text(conversation, "after"))
    await far.message("after")
    await devices(ruth, server=second)


@pytest.mark.parametrize("lowered", [{"WRITER_QUEUE": "1"}], indirect=True)
async def test_full_writer_refuses_with_the_time_to_wait_and_a_client_that_waits_loses_nothing(
    circle, devices, ruth, amos
):
    conversation = await circle.pair(ruth, amos)
    reader = await devices(amos)
    writers = [await devices(ruth) for _ in range(4)]
    refused = []

    async def write(device, number) -> None:
        for place in range(20):
            body = text(conversation, f"{number}.{place}")
            while (answer := await device.ask("message.send", body))["type"] == "error":
                refused.append(answer["data"])
                await asyncio.sleep(answer["data"]["retry_after_ms"] / 10_000)
            assert answer["data"]["duplicate"] is False

    await asyncio.gather(*(write(device, number) for number, device in enumerate(writers)))
    told = {"code": "unavailable", "detail": "The server can't do this right now; try again later."}
    assert refused
    assert all(item == {**told, "retry_after_ms": 500} for item in refused)
    await reader.until(lambda f: f["type"] == "message.new" and f["data"]["message"]["seq"] == 80)
    contents = [item["message"]["content"] for item in reader.of("message.new")]
    assert sorted(contents) == sorted(f"{number}.{place}" for number in range(4) for place in range(20))
    for number in range(4):
        assert [c for c in contents if c.startswith(f"{number}.")] == [
            f"{number}.{place}" for place in range(20)
        ]
