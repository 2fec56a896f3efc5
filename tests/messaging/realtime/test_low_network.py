"""What an hour costs on `network: low`: bytes of a real socket, scaled from a shortened heartbeat.

`pytest -s` prints the account. Frames are counted as they are on the wire, WebSocket headers and masks included; TLS and
TCP/IP are added as they are for packets of this size.
"""

import asyncio
import time

import pytest

from tests.messaging.realtime.people import text

HEARTBEAT_S = 2
#: What `client.state` answers at HEARTBEAT_SECONDS=30.
QUIET_HEARTBEAT_S = 60
#: A TLS 1.3 record (5 + 1 + 16); IPv4 and TCP with timestamps.
TLS, PACKET = 22, 52
BUDGET = 20_000


class Meter:
    """Counts what goes through one device's connection."""

    def __init__(self, device) -> None:
        self.sent = self.received = self.packets_out = self.packets_in = 0
        transport, connection = device.connection.transport, device.connection
        write, data_received = transport.write, connection.data_received

        def counted_write(data):
            self.sent += len(data)
            self.packets_out += 1
            write(data)

        def counted_received(data):
            self.received += len(data)
            self.packets_in += 1
            data_received(data)

        # The transport of asyncio has no room for attributes: the protocol's own reference is what is replaced.
        connection.transport = _Wrapped(transport, counted_write)
        transport.set_protocol(_Protocol(connection, counted_received))

    @property
    def bytes(self) -> int:
        return self.sent + self.received

    @property
    def on_the_line(self) -> int:
        """With TLS, TCP and IP. The server acknowledges with its answer, the client with an empty packet."""
        packets = self.packets_out + self.packets_in
        return self.bytes + packets * (TLS + PACKET) + self.packets_in * PACKET


class _Wrapped:
    def __init__(self, transport, write) -> None:
        self._transport, self.write = transport, write

    def __getattr__(self, name):
        return getattr(self._transport, name)


class _Protocol(asyncio.Protocol):
    def __init__(self, connection, data_received) -> None:
        self._connection, self.data_received = connection, data_received

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def connection_lost(self, exc):
        self._connection.connection_lost(exc)

    def eof_received(self):
        return self._connection.eof_received()

    def pause_writing(self):
        self._connection.pause_writing()

    def resume_writing(self):
        self._connection.resume_writing()


async def idle(device, beats):
    """Nothing but heartbeats, and not one before it is due."""
    meter = Meter(device)
    heartbeat_s = (await device.ask("client.state", {"network": "low"}))["data"]["heartbeat_s"]
    assert heartbeat_s == 2 * HEARTBEAT_S
    opening, meter_start = meter.on_the_line, meter.bytes
    begun = time.monotonic()
    for _ in range(beats):
        await asyncio.sleep(heartbeat_s)
        await device.send("ping")
        await asyncio.sleep(0.2)
    assert time.monotonic() - begun > beats * heartbeat_s
    return opening, (meter.bytes - meter_start) / beats, (meter.on_the_line - opening) / beats


async def renewal(circle, device, person) -> int:
    """Once an hour: a ticket over REST, on a connection that is open, and `auth.refresh`."""
    answer = await circle.http.post("/api/v1/ws/ticket/", json={}, headers=person.headers)
    heads = [*answer.request.headers.raw, *answer.headers.raw]
    asked = (
        sum(len(name) + len(value) + 4 for name, value in heads)
        + len("POST /api/v1/ws/ticket/ HTTP/1.1")
        + 20
    )
    ticket = len(answer.request.content) + len(answer.content) + asked + 2 * (TLS + PACKET) + PACKET
    meter = Meter(device)
    assert (await device.ask("auth.refresh", {"ticket": answer.json()["ticket"]}))["type"] == "ok"
    return ticket + meter.on_the_line


@pytest.mark.slow
@pytest.mark.parametrize("lowered", [{"HEARTBEAT_SECONDS": str(HEARTBEAT_S)}], indirect=True)
async def test_idle_hour_costs_less_than_20_kb(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    device, other = await devices(ruth), await devices(amos)

    async def chatter():
        """What must not reach a quiet client: typing, and people who come and go."""
        while True:
            await other.ask("typing", {"conversation": conversation, "is_typing": True})
            await asyncio.sleep(1)

    talking = asyncio.create_task(chatter())
    opening, beat, beat_on_the_line = await idle(device, 5)
    talking.cancel()
    beats = 3_600 / QUIET_HEARTBEAT_S
    total = beats * beat_on_the_line + opening + await renewal(circle, device, ruth)
    print(
        f"a beat: {beat:.0f} bytes in frames, {beat_on_the_line:.0f} on the line; an hour: {beats:.0f} beats,"
    )
    print(f"{beats * beat:.0f} bytes in frames, with TLS, TCP and a renewed sign-in {total:.0f}")
    assert {frame["type"] for frame in device.frames} == {"welcome", "ok", "pong"}
    assert total < BUDGET


@pytest.mark.slow
async def test_batch_of_a_lively_conversation_costs_what_its_messages_do(circle, devices, ruth, amos):
    """Ten messages, each read, reacted to by typing: one frame, in which the messages are nearly all."""
    conversation = await circle.pair(ruth, amos)
    device, other = await devices(ruth), await devices(amos)
    await device.ask("client.state", {"network": "low"})
    meter = Meter(device)
    for number in range(10):
        await other.ask("typing", {"conversation": conversation, "is_typing": True})
        await other.ask("message.send", text(conversation, f"{number} peace be with you"))
        await other.ask("receipt", {"conversation": conversation, "read": number + 1})
    batch = await device.first("batch", patience=15)
    messages = [frame for frame in batch["data"]["frames"] if frame["type"] == "message.new"]
    others = sorted(frame["type"] for frame in batch["data"]["frames"] if frame["type"] != "message.new")
    print(f"{len(messages)} messages in {meter.received} bytes")
    assert set(others) <= {"notification.new", "receipt"}
    assert len(others) <= 2
    assert meter.received / max(1, len(messages)) < 800
