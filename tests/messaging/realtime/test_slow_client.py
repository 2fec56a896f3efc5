"""A client that never reads costs itself its socket, and nobody else anything."""

import asyncio
import base64
import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.messaging.realtime.conftest import BOTH
from tests.messaging.realtime.people import text
from tests.messaging.realtime.serving import Server

#: A server that works has its buffers; what comes after these messages is due to who doesn't read.
WARM = 200
#: 1,300 times 40 KB are 52 MB for each reader.
MESSAGES = WARM + 1_300
#: What may wait for one socket (4 million characters, shared by all readers of the same frames), and in its
#: transport: 20 to 60 MB were seen, the more the busier the machine. Three readers without a bound are 156 MB.
GROWTH_MB = 100


def open_without_reading(server: Server, ticket: str) -> socket.socket:
    """An open socket whose owner went for a walk."""
    raw = socket.create_connection(("127.0.0.1", server.port))
    key = base64.b64encode(os.urandom(16)).decode()
    raw.sendall(
        f"GET /ws/v1/?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: prayermap.v1\r\n\r\n".encode()
    )
    return raw


@pytest.fixture
def walkers() -> Iterator[list[socket.socket]]:
    opened: list[socket.socket] = []
    yield opened
    for raw in opened:
        raw.close()


@pytest.mark.slow
@pytest.mark.parametrize("kind", BOTH, indirect=True)
async def test_client_that_never_reads_is_closed_and_the_others_hear_everything(
    circle, devices, server, walkers, ruth, amos
):
    conversation = await circle.pair(ruth, amos)
    reader, writer = await devices(amos), await devices(ruth)
    content = "🙏" * 10_000
    before = peak = 0
    for number in range(MESSAGES):
        if number == WARM:
            before = server.megabytes()
            walkers += [open_without_reading(server, await circle.ticket(amos)) for _ in range(3)]
        await writer.send("message.send", text(conversation, content), ref=number)
        if number % 100 == 99:
            await writer.until(lambda f, ref=number: f.get("ref") == ref, patience=60)
            # A device that lives says so: on a slow machine this takes longer than a silent one may stay.
            await reader.ask("ping", patience=60)
            peak = max(peak, server.megabytes())
    await reader.until(
        lambda f: f["type"] == "message.new" and f["data"]["message"]["seq"] == MESSAGES, patience=60
    )
    assert [item["message"]["seq"] for item in reader.of("message.new")] == list(range(1, MESSAGES + 1))
    print(f"{server.kind} grew by {peak - before} MB")
    assert peak - before < GROWTH_MB
    for walker in walkers:
        received = await asyncio.wait_for(asyncio.to_thread(read_to_the_end, walker), 20)
        assert received < 25_000_000
    assert {f["type"] for f in writer.frames} == {"welcome", "ok"}


def read_to_the_end(raw: socket.socket) -> int:
    """Bytes until the server's side is closed."""
    raw.settimeout(15)
    received = 0
    with raw:
        try:
            while chunk := raw.recv(1 << 20):
                received += len(chunk)
        except ConnectionResetError:
            pass
    return received


@pytest.mark.slow
@pytest.mark.parametrize("lowered", [{"HEARTBEAT_SECONDS": "1"}], indirect=True)
@pytest.mark.parametrize("kind", BOTH, indirect=True)
async def test_dead_line_is_dropped_in_bounded_time(circle, server, walkers, ruth):
    """Two heartbeats without a word, then ten seconds in which nobody answers the close; no ping is needed for it."""
    raw = open_without_reading(server, await circle.ticket(ruth))
    walkers.append(raw)
    began = time.monotonic()
    await asyncio.wait_for(asyncio.to_thread(read_to_the_end, raw), 20)
    assert 2 < time.monotonic() - began < 16


#: 9 kB each; the kernels of this machine hold some 300 for a client with a small buffer, and the queue 100.
FLOOD = 1_000


@pytest.mark.slow
@pytest.mark.parametrize("lowered", [{"SOCKET_QUEUE_FRAMES": "100"}], indirect=True)
@pytest.mark.parametrize("kind", BOTH, indirect=True)
@pytest.mark.parametrize("reads", ["after a pause", "steadily"])
async def test_slow_client_that_reads_on_finds_its_goodbye_and_4008(
    circle, devices, server, ruth, amos, reads
):
    conversation = await circle.pair(ruth, amos)
    address = f"{server.address}?ticket={await circle.ticket(amos)}"
    options = {"subprotocols": ["prayermap.v1"], "max_queue": 1, "ping_interval": None, "compression": None}
    frames = []
    async with connect(address, sock=_narrow(server), **options) as slow:
        frames.append(json.loads(await slow.recv()))
        flood = asyncio.create_task(_flood(await devices(ruth), conversation))
        if reads == "after a pause":
            await flood
            await asyncio.sleep(1)
        with contextlib.suppress(ConnectionClosed):
            while True:
                frames.append(json.loads(await asyncio.wait_for(slow.recv(), 15)))
                await asyncio.sleep(0.03 if reads == "steadily" else 0)
        await flood
    print(f"{server.kind}, {reads}: {len(frames)} frames, {slow.close_code}")
    assert slow.close_code == 4008
    assert frames[-1]["type"] == "bye"
    assert (frames[-1]["data"]["code"], frames[-1]["data"]["reconnect"]) == (4008, True)
    assert {frame["type"] for frame in frames[:-1]} == {"welcome", "message.new"}


def _narrow(server: Server) -> socket.socket:
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    raw.connect(("127.0.0.1", server.port))
    raw.setblocking(False)
    return raw


async def _flood(writer, conversation: str) -> None:
    for number in range(FLOOD):
        await writer.send("message.send", text(conversation, "x" * 9_000), ref=number)
        if number % 20 == 19:  # else the answers fill the writer's own queue
            await writer.until(lambda f, ref=number: f.get("ref") == ref, patience=60)
