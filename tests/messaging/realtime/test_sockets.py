"""A socket's queue is bounded, and its end is told."""

import asyncio
import json
from uuid import UUID

from messaging.realtime import sockets
from messaging.realtime.sockets import Socket
from messaging.schemas.frames import ClientState
from prayermap.lib.rate import TokenBucket

NOBODY = UUID(int=0)


class Wire:
    """The ASGI end; `gate` closed: the client doesn't read."""

    def __init__(self) -> None:
        self.sent: list[dict] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, message) -> None:
        await self.gate.wait()
        self.sent.append(message)

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.sent if message["type"] == "websocket.send"]


def opened(wire: Wire) -> tuple[Socket, asyncio.Task[None]]:
    socket = Socket(
        wire, user=NOBODY, session=NOBODY, name="Ruth", device_id="", platform="other", expires_at=0
    )
    return socket, socket.start()


async def test_welcome_goes_before_what_was_pushed_earlier():
    wire = Wire()
    socket, pump = opened(wire)
    socket.push("1")
    await asyncio.sleep(0.01)
    assert wire.sent == []
    socket.push_first("welcome")
    socket.push("2")
    await asyncio.sleep(0.01)
    assert wire.texts == ["welcome", "1", "2"]
    pump.cancel()


async def test_close_sends_what_is_queued_then_bye_then_the_code():
    wire = Wire()
    socket, pump = opened(wire)
    socket.push_first("welcome")
    socket.push("1")
    socket.close(sockets.DRAINING, "Soon.", retry_after_ms=5)
    socket.push("too late")
    socket.close(sockets.EXPIRED, "A second reason is not told.")
    await asyncio.wait_for(pump, 1)
    bye = {"code": 4030, "reason": "Soon.", "reconnect": True, "retry_after_ms": 5}
    assert wire.texts[:2] == ["welcome", "1"]
    assert json.loads(wire.texts[2]) == {"type": "bye", "data": bye}
    assert wire.sent[3:] == [{"type": "websocket.close", "code": 4030}]


async def test_revoked_socket_sends_nothing_more_but_bye():
    wire = Wire()
    socket, pump = opened(wire)
    socket.push_first("welcome")
    socket.push("secret")
    socket.close(sockets.REVOKED, "Signed out.")
    await asyncio.wait_for(pump, 1)
    assert [json.loads(text)["type"] for text in wire.texts] == ["bye"]


async def test_frame_that_waits_for_a_client_to_read_is_not_sent_once_the_person_may_not_read_on():
    wire = Wire()
    socket, pump = opened(wire)
    socket.push_first("welcome")
    await asyncio.sleep(0.01)
    wire.gate.clear()
    socket.push("secret, and on its way")
    await asyncio.sleep(0.01)
    socket.close(sockets.SUSPENDED, "suspended")
    await asyncio.sleep(0.01)
    wire.gate.set()
    await asyncio.wait_for(pump, 1)
    assert [json.loads(text)["type"] for text in wire.texts[1:]] == ["bye"]
    assert wire.sent[2:] == [{"type": "websocket.close", "code": 4503}]


async def test_queue_that_is_not_taken_in_time_is_dropped_and_the_goodbye_is_kept(monkeypatch):
    monkeypatch.setattr(sockets, "_QUEUED_WITHIN_S", 0.05)
    wire = Wire()
    wire.gate.clear()
    socket, pump = opened(wire)
    socket.push_first("welcome")
    socket.push("1")
    socket.close(sockets.EXPIRED, "Over.")
    await asyncio.sleep(0.1)
    wire.gate.set()
    await asyncio.wait_for(pump, 1)
    assert [json.loads(text)["type"] for text in wire.texts] == ["bye"]
    assert wire.sent[1:] == [{"type": "websocket.close", "code": 4002}]


async def test_pump_that_is_cancelled_while_it_drops_a_frame_ends():
    wire = Wire()
    wire.gate.clear()
    socket, pump = opened(wire)
    socket.push_first("welcome")
    await asyncio.sleep(0.01)
    socket.close(sockets.REVOKED, "Signed out.")
    pump.cancel()
    await asyncio.wait([pump], timeout=1)
    assert pump.cancelled()
    assert wire.sent == []


async def test_full_queue_ends_the_socket_and_holds_nothing(settings, monkeypatch):
    settings.SOCKET_QUEUE_FRAMES = 10
    monkeypatch.setattr(sockets, "_CLOSE_WITHIN_S", 0.1)
    wire = Wire()
    wire.gate.clear()
    socket, pump = opened(wire)
    socket.push_first("welcome")
    for number in range(50):
        socket.push(f"{number}")
    assert socket.is_closing
    assert len(socket._queue) == 1  # the goodbye
    await asyncio.wait([pump], timeout=1)
    assert pump.cancelled()  # a client that doesn't read its goodbye either is cut off
    assert wire.sent == []


async def test_socket_holds_four_million_characters_but_any_one_answer(monkeypatch):
    monkeypatch.setattr(sockets, "_CLOSE_WITHIN_S", 0.1)
    wire = Wire()
    socket, pump = opened(wire)
    socket.push_first("welcome")
    await asyncio.sleep(0.01)
    socket.push_now("x" * 5_000_000)
    await asyncio.sleep(0.01)
    socket.push("after it")
    await asyncio.sleep(0.01)
    assert len(wire.texts[1]) == 5_000_000
    wire.gate.clear()
    for _ in range(5):
        socket.push("x" * 1_000_000)
    assert socket.is_closing
    assert len(socket._queue) == 1
    await asyncio.wait([pump], timeout=1)


async def test_quiet_socket_bundles_in_order_and_answers_at_once():
    wire = Wire()
    socket, pump = opened(wire)
    socket.push_first("0")
    socket.set_state(ClientState(state="inactive"))
    for number in (1, 2):
        socket.push(f"{number}")
    socket.push_now("answer")
    await asyncio.sleep(0.01)
    assert wire.texts == ["0", "answer"]
    socket.set_state(ClientState())
    socket.push("3")
    await asyncio.sleep(0.01)
    assert wire.texts[2:] == ['{"type":"batch","data":{"frames":[1,2]}}', "3"]
    pump.cancel()


async def test_quiet_socket_holds_no_more_than_a_loud_one(settings):
    settings.SOCKET_QUEUE_FRAMES = 10
    socket, pump = opened(Wire())
    socket.push_first("0")
    socket.set_state(ClientState(network="low"))
    for number in range(12):
        socket.push(f"{number}")
    assert socket.is_closing
    await asyncio.wait_for(pump, 1)


def test_token_bucket_gives_a_burst_then_a_rate_and_says_how_long_to_wait():
    bucket = TokenBucket(burst=3, per_second=2)
    start = bucket._stamp
    assert [bucket.take(start) for _ in range(5)] == [0, 0, 0, 500, 500]
    assert bucket.take(start + 0.25) == 250
    assert [bucket.take(start + 0.5), bucket.take(start + 0.5)] == [0, 500]
    assert [bucket.take(start + 100) for _ in range(4)] == [0, 0, 0, 500]


class Line:
    """A server that offers to write at once; `is_free` False: it would have to wait."""

    def __init__(self) -> None:
        self.pieces: list[list[str]] = []
        self.is_free = True

    def __call__(self, texts) -> bool:
        if self.is_free:
            self.pieces.append(list(texts))
        return self.is_free


def linked(wire: Wire, line: Line) -> tuple[Socket, asyncio.Task[None]]:
    socket = Socket(
        wire,
        user=NOBODY,
        session=NOBODY,
        name="Ruth",
        device_id="",
        platform="other",
        expires_at=0,
        write=line,
    )
    return socket, socket.start()


async def test_what_comes_in_one_round_leaves_in_one_piece_straight_to_the_wire():
    wire, line = Wire(), Line()
    socket, pump = linked(wire, line)
    socket.push("before the welcome")
    await asyncio.sleep(0.01)
    assert line.pieces == []
    socket.push_first("welcome")
    await asyncio.sleep(0.01)
    assert wire.texts == ["welcome", "before the welcome"]
    socket.push("1")
    socket.push_now("2")
    await asyncio.sleep(0.01)
    socket.push("3")
    await asyncio.sleep(0.01)
    assert line.pieces == [["1", "2"], ["3"]]
    assert len(wire.texts) == 2
    pump.cancel()


async def test_where_the_line_is_not_free_frames_are_sent_as_ever_and_none_overtakes():
    wire, line = Wire(), Line()
    socket, pump = linked(wire, line)
    socket.push_first("welcome")
    await asyncio.sleep(0.01)
    line.is_free = False
    wire.gate.clear()  # the client doesn't read
    socket.push("1")
    await asyncio.sleep(0.01)
    line.is_free = True
    socket.push("2")
    await asyncio.sleep(0.01)
    assert line.pieces == []  # `1` is on its way
    wire.gate.set()
    await asyncio.sleep(0.01)
    assert wire.texts == ["welcome", "1", "2"]
    socket.push("3")
    socket.close(sockets.DRAINING, "Soon.")
    await asyncio.wait_for(pump, 1)
    straight = [text for piece in line.pieces for text in piece]
    assert [*wire.texts[3:-1], *straight] == ["3"]
    assert wire.sent[-1]["type"] == "websocket.close"


async def test_a_line_that_stays_busy_ends_a_slow_client_as_ever(settings):
    settings.SOCKET_QUEUE_FRAMES = 10
    wire, line = Wire(), Line()
    socket, pump = linked(wire, line)
    socket.push_first("welcome")
    await asyncio.sleep(0.01)
    line.is_free = False
    wire.gate.clear()
    for number in range(12):
        socket.push(str(number))
        await asyncio.sleep(0.001)
    assert socket.closing == sockets.SLOW
    pump.cancel()
