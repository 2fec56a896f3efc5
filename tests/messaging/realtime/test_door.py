"""Few arrive at a time, some wait for their turn, the others are told when to come back and keep their ticket."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connections

from messaging.realtime.door import FIRST_PACE_S, LONGEST_S, WAITING_EACH, Door, Full, Gone, Turn
from messaging.realtime.early import Early
from tests.messaging.realtime.conftest import BOTH


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def waiting(door: Door, count: int) -> list[asyncio.Task[Turn]]:
    """So many who stand in line already."""
    tasks = [asyncio.create_task(door.turn()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def sent_away(door: Door) -> int:
    with pytest.raises(Full) as full:
        await door.turn()
    return full.value.retry_after_ms


async def test_no_more_than_the_limit_are_under_way_and_those_who_wait_follow_in_order():
    door = Door(2)
    first, _ = [await door.turn() for _ in range(2)]
    third, fourth = await waiting(door, 2)
    first.end()
    first.end()  # counts once
    await asyncio.sleep(0.01)
    assert (third.done(), fourth.done()) == (True, False)
    (await third).end()
    (await fourth).end()


async def test_places_come_back_when_nobody_waits():
    door = Door(1)
    for _ in range(3):
        (await door.turn()).end()
    held = await door.turn()
    (next_one,) = await waiting(door, 1)
    assert not next_one.done()
    held.end()
    (await next_one).end()
    (await door.turn()).end()


async def test_who_is_sent_away_comes_back_at_the_end_of_the_line():
    clock = Clock()
    door = Door(1, clock)
    await door.turn()
    tasks = await waiting(door, WAITING_EACH)
    waits = [await sent_away(door) for _ in range(1_000)]
    for place, wait_ms in enumerate(waits, 1):
        exact_ms = max((WAITING_EACH + place) * FIRST_PACE_S * 1_000, 500)
        assert exact_ms * 0.9 <= wait_ms <= exact_ms * 1.1 + 1
    assert len(set(waits)) > 500  # spread
    clock.now += 5
    later_ms = await sent_away(door)
    assert (WAITING_EACH + 1_001) * 9 - 5_500 <= later_ms <= (WAITING_EACH + 1_001) * 11 - 4_500
    for task in tasks:
        task.cancel()


async def test_nobody_is_told_to_wait_for_more_than_a_minute():
    door = Door(1, Clock())
    await door.turn()
    tasks = await waiting(door, WAITING_EACH)
    waits = [await sent_away(door) for _ in range(20_000)]
    assert max(waits) <= LONGEST_S * 1_000 * 1.1
    assert min(waits[10_000:]) >= LONGEST_S * 1_000 / 2
    for task in tasks:
        task.cancel()


async def test_the_line_is_as_long_as_arrivals_take():
    clock = Clock()
    door = Door(1, clock)
    turn = await door.turn()
    for _ in range(2_000):
        (next_one, _) = tasks = await waiting(door, 2)
        clock.now += 0.05
        turn.end()
        turn = await next_one
        tasks[1].cancel()
        await asyncio.sleep(0)
    tasks = await waiting(door, WAITING_EACH)
    expected_ms = (WAITING_EACH + 1) * 50
    assert expected_ms * 0.8 <= await sent_away(door) <= expected_ms * 1.2
    for task in tasks:
        task.cancel()


async def test_who_leaves_while_waiting_keeps_nobody_out():
    door = Door(1)
    turn = await door.turn()
    gone, follows = await waiting(door, 2)
    gone.cancel()
    await asyncio.sleep(0)
    turn.end()
    turn = await asyncio.wait_for(follows, 1)
    gone, follows = await waiting(door, 2)
    turn.end()  # it is `gone`'s turn, who leaves before noticing
    gone.cancel()
    (await asyncio.wait_for(follows, 1)).end()
    (await asyncio.wait_for(door.turn(), 1)).end()


async def test_a_place_is_free_again_when_its_client_has_gone():
    messages: asyncio.Queue[dict] = asyncio.Queue()
    early = Early(messages.get)
    door = Door(1)
    turn = await door.turn()
    waits = asyncio.create_task(door.turn(early.gone))
    await asyncio.sleep(0)
    messages.put_nowait({"type": "websocket.disconnect"})
    with pytest.raises(Gone):
        await asyncio.wait_for(waits, 1)
    turn.end()
    (await asyncio.wait_for(door.turn(), 1)).end()


async def test_what_is_said_before_the_turn_is_heard_after_it():
    messages: asyncio.Queue[dict] = asyncio.Queue()
    early = Early(messages.get)
    door = Door(1)
    turn = await door.turn()
    waits = asyncio.create_task(door.turn(early.gone))
    for text in ("first", "second"):
        messages.put_nowait({"type": "websocket.receive", "text": text})
    await asyncio.sleep(0.01)
    assert not waits.done()
    turn.end()
    with await asyncio.wait_for(waits, 1):
        assert [(await early())["text"] for _ in range(2)] == ["first", "second"]
    early.end()


async def test_a_server_that_ends_sends_away_who_wait():
    door = Door(1)
    await door.turn()
    tasks = await waiting(door, 3)
    door.close(lambda: 1_234)
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [end.retry_after_ms for end in ends if isinstance(end, Full)] == [1_234] * 3


@contextmanager
def nobody_recognised() -> Iterator[None]:
    """Arrivals stay under way: sessions can't be read."""
    parameters = connections["owner"].get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    with psycopg.connect(**parameters) as line:
        line.execute("LOCK TABLE accounts_session IN ACCESS EXCLUSIVE MODE")
        yield
        line.rollback()


@pytest.mark.parametrize("kind", BOTH, indirect=True)
@pytest.mark.parametrize("lowered", [{"ARRIVALS_AT_ONCE": "1"}], indirect=True)
async def test_a_full_server_says_when_to_come_back_and_the_ticket_stays_good(circle, devices, ruth, amos):
    hers, his = await circle.ticket(ruth), await circle.ticket(amos)
    with nobody_recognised():
        first = await devices.raw(ticket=hers)
        patient = [await devices.raw() for _ in range(WAITING_EACH)]
        away = await devices.raw(ticket=his)
        assert await away.closed() == 4030
        (bye,) = away.frames
        wait_ms = bye["data"].pop("retry_after_ms")
        assert bye == {
            "type": "bye",
            "data": {
                "code": 4030,
                "reason": "Many come at once; come back in your turn.",
                "reconnect": True,
            },
        }
        assert 450 <= wait_ms <= 2_000
        assert [device.frames for device in (first, *patient)] == [[]] * (WAITING_EACH + 1)
        await patient.pop().leave()  # makes room for another one
        await asyncio.sleep(0.3)
        waits = await devices.raw(ticket=his)
        await waits.send("ping", ref=1)
    await first.first("welcome")
    # They had no ticket, which is looked at only when it is their turn.
    assert [await device.closed() for device in patient] == [4001] * (WAITING_EACH - 1)
    assert (await waits.first("welcome"))["data"]["user"] == amos.id
    await waits.first("pong")
    assert [frame["type"] for frame in waits.frames] == ["welcome", "pong"]


@pytest.mark.parametrize("kind", BOTH, indirect=True)
@pytest.mark.parametrize("lowered", [{"ARRIVALS_AT_ONCE": "1", "SOCKETS_PER_USER": "100"}], indirect=True)
async def test_a_hundred_who_come_at_once_are_all_whole_and_meet_nothing_but_a_time(
    circle, devices, ruth, amos
):
    conversation = await circle.pair(ruth, amos)
    said = await circle.say(ruth, conversation, "Is everybody back?")
    met: set[int] = set()

    async def come(number: int) -> None:
        person = (ruth, amos)[number % 2]
        while True:
            device = await devices.raw(headers=person.headers)
            if await frame_or_bye(device) == "welcome":
                answer = await device.ask("sync", {"positions": {}})
                assert [one["rev"] for one in answer["data"]["changed"]] == [said["rev"]]
                await device.leave()
                return
            assert device.bye is not None
            met.add(await device.closed() or 0)
            await asyncio.sleep(device.bye["retry_after_ms"] / 1_000)

    async with asyncio.timeout(60):
        await asyncio.gather(*(come(number) for number in range(100)))
    assert met <= {4030}


async def frame_or_bye(device) -> str:
    return (await device.until(lambda frame: frame["type"] in {"welcome", "bye"}, patience=30))["type"]
