"""Both servers: hooks, limits, back-pressure, an end in order. Each test runs a server process of its own."""

import base64
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]
#: What a server may grow by while a client doesn't read 200 MB: buffers of 64 KiB, and the allocator's habits.
GROWTH_MB = 12
BOTH = pytest.mark.parametrize("kind", ["daphne", "uvicorn"])


class Serving:
    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}/"

    def megabytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) // 1024

    def raw(self, extensions: str = "") -> socket.socket:
        """An open WebSocket without a client library, which would read in the background."""
        raw = socket.create_connection(("127.0.0.1", self.port))
        key = base64.b64encode(os.urandom(16)).decode()
        raw.sendall(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"{f'Sec-WebSocket-Extensions: {extensions}' if extensions else 'X-None: 1'}\r\n\r\n".encode()
        )
        raw.settimeout(5)
        assert b" 101 " in raw.recv(4096)
        return raw


def frame(text: str) -> bytes:
    """A client's text frame of at most 125 bytes, masked with zeros."""
    return bytes([0x81, 0x80 | len(text)]) + bytes(4) + text.encode()


@contextlib.contextmanager
def serving(kind: str, **options) -> Iterator[Serving]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = (
        "import sys; from prayermap.server.options import Options;"
        f"from prayermap.server.{kind}_server import serve;"
        f"sys.exit(serve(Options(host='127.0.0.1', port={port}, application='tests.server.echo:application', **{options})))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with process:
        try:
            end = time.monotonic() + 20
            while time.monotonic() < end:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            yield Serving(process, port)
        finally:
            process.kill()


@BOTH
def test_sigterm_runs_the_hooks_answers_what_runs_and_ends_with_0(kind):
    with serving(kind) as server:
        slow = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"import urllib.request as u; print(u.urlopen('{server.http}/slow', b'abc').read())",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        assert slow.communicate(timeout=10)[0] == "b'3'\n"
        said, _ = server.process.communicate(timeout=20)
        assert (server.process.returncode, said.split()) == (0, ["started", "stopped"])


@BOTH
def test_application_that_hangs_does_not_keep_the_process(kind):
    with serving(kind) as server, connect(server.address) as client:
        client.send("sleep")
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(25) == 0


@BOTH
def test_client_that_never_reads_costs_no_memory(kind):
    with serving(kind) as server, server.raw() as raw:
        before = server.megabytes()
        raw.sendall(frame("flood"))
        time.sleep(1.5)
        assert server.megabytes() - before < GROWTH_MB


@BOTH
def test_client_that_floods_while_its_frames_wait_is_not_read(kind):
    with serving(kind) as server, server.raw() as raw:
        before = server.megabytes()
        raw.sendall(frame("sleep"))
        raw.setblocking(False)
        sent, end = 0, time.monotonic() + 2
        while time.monotonic() < end:
            with contextlib.suppress(BlockingIOError):
                sent += raw.send(frame("x" * 100) * 1_000)
            select.select([], [raw], [], 0.05)
        # What fits into the kernel's buffers on both sides, and no more.
        assert sent < 16_000_000
        assert server.megabytes() - before < GROWTH_MB


@BOTH
def test_client_that_reads_slowly_gets_everything(kind):
    with serving(kind) as server, connect(server.address, max_size=None, max_queue=1) as client:
        client.send("flood")
        time.sleep(0.5)
        assert sum(len(client.recv(timeout=20)) for _ in range(3_200)) == 3_200 * 65_536


@pytest.mark.parametrize(
    ("kind", "deflate"), [("daphne", False), ("daphne", True), ("uvicorn", False), ("uvicorn", True)]
)
def test_compression_is_agreed_on_unless_it_is_switched_off(kind, deflate):
    with serving(kind, deflate=deflate) as server, connect(server.address) as client:
        for text in ("peace", "peace" * 1_000, "🕊" * 20_000):
            client.send(text)
            assert client.recv(timeout=5) == text
        assert client.response is not None
        agreed = client.response.headers.get("Sec-WebSocket-Extensions", "")
        assert ("permessage-deflate" in agreed) is deflate


@BOTH
@pytest.mark.parametrize("offer", ["", "; client_max_window_bits", "; client_no_context_takeover"])
def test_long_frames_are_compressed_and_short_ones_are_not(kind, offer):
    with serving(kind) as server, server.raw(f"permessage-deflate{offer}") as raw:
        for size, is_compressed in ((100, False), (1_023, False), (1_024, True), (60_000, True)):
            raw.sendall(long_frame("x" * size))
            head, length, body = answer_of(raw)
            assert (head == 0xC1, length < size) == (is_compressed,) * 2
            if is_compressed:
                body = zlib.decompress(body + b"\0\0\xff\xff\x01\0\0\xff\xff", -15)
            assert body == b"x" * size


@BOTH
def test_small_frame_that_unpacks_to_much_ends_its_socket(kind):
    packer = zlib.compressobj(wbits=-12)
    bomb = packer.compress(b"x" * 100_000_000) + packer.flush(zlib.Z_SYNC_FLUSH)[:-4]
    with serving(kind) as server, server.raw("permessage-deflate; client_max_window_bits") as raw:
        before = server.megabytes()
        raw.sendall(bytes([0xC1, 0x80 | 127]) + len(bomb).to_bytes(8) + bytes(4) + bomb)
        raw.settimeout(10)
        with contextlib.suppress(ConnectionResetError):
            while raw.recv(65_536):
                pass
        assert server.megabytes() - before < GROWTH_MB


def long_frame(text: str) -> bytes:
    """A client's text frame above 125 bytes (or not), masked with zeros."""
    size = len(text)
    head = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2)
    return bytes([0x81]) + head + bytes(4) + text.encode()


def answer_of(raw: socket.socket) -> tuple[int, int, bytes]:
    """(first byte, length, payload) of the server's next frame."""
    head, length = raw.recv(1)[0], raw.recv(1)[0]
    if length > 125:
        length = int.from_bytes(raw.recv(2 if length == 126 else 8))
    body = b""
    while len(body) < length:
        body += raw.recv(length - len(body))
    return head, length, body


def read_to_the_end(raw: socket.socket) -> bytes:
    """Everything until the server's side is closed; a reset is an error."""
    received = b""
    while chunk := raw.recv(1 << 20):
        received += chunk
    return received


def state_of(raw: socket.socket) -> int:
    """1: established, 7: closed, by the reset of the other side; known without reading."""
    return raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


BROKEN = {
    "too long": (bytes([0x81, 0x80 | 127]) + (2_000_000).to_bytes(8) + bytes(4) + b"x" * 2_000_000, 1009),
    "no UTF-8": (bytes([0x81, 0x80 | 2]) + bytes(4) + b"\xff\xfe", 1007),
    "not masked": (bytes([0x81, 5]) + b"peace", 1002),
    "reserved": (bytes([0x83, 0x80 | 5]) + bytes(4) + b"peace", 1002),
    "broken twice": (bytes([0x83, 5]) + b"peace" + bytes([0x83, 5]) + b"peace", 1002),
    "no message to continue": (bytes([0x80, 0x80 | 5]) + bytes(4) + b"peace", 1002),
}


@BOTH
@pytest.mark.parametrize("fault", BROKEN)
def test_broken_frame_is_answered_with_its_code_and_an_end_in_order(kind, fault):
    sent, code = BROKEN[fault]
    with serving(kind) as server, server.raw() as raw:
        raw.sendall(sent)
        answer = read_to_the_end(raw)
        assert (answer[0], answer[2:4]) == (0x88, code.to_bytes(2))
        assert len(answer) == 2 + answer[1]  # one close frame, and nothing else
        raw.sendall(frame("too late"))


@BOTH
def test_client_that_sends_on_after_a_broken_frame_is_not_kept(kind):
    with serving(kind) as server, server.raw() as raw:
        before = server.megabytes()
        raw.sendall(bytes([0x81, 0x80 | 127]) + (1 << 40).to_bytes(8) + bytes(4))
        began = time.monotonic()
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            while time.monotonic() < began + 20:
                raw.sendall(b"x" * 100_000)
                time.sleep(0.005)
        assert time.monotonic() - began < 15
        assert server.megabytes() - before < GROWTH_MB


@BOTH
def test_last_frames_arrive_at_a_client_that_pauses_and_then_reads(kind):
    with serving(kind) as server, server.raw() as raw:
        raw.sendall(frame("leave"))
        time.sleep(5)
        received = read_to_the_end_or_close(raw)
        assert received.endswith(bytes([0x88, 2]) + (4008).to_bytes(2))


def read_to_the_end_or_close(raw: socket.socket) -> bytes:
    """Everything up to the close frame, which is answered; then an end in order."""
    received = b""
    while not received.endswith(bytes([0x88, 2]) + (4008).to_bytes(2)):
        chunk = raw.recv(65_536)
        assert chunk, "an end without a close frame"
        received += chunk
    raw.sendall(bytes([0x88, 0x80 | 2]) + bytes(4) + (4008).to_bytes(2))
    return received + read_to_the_end(raw)


@pytest.mark.slow
@BOTH
def test_server_doesnt_ping_by_itself(kind):
    """Both would after 20 s; who must be heard of, and how often, is the application's to say."""
    with serving(kind) as server, server.raw() as raw:
        assert select.select([raw], [], [], 23) == ([], [], [])
        raw.sendall(frame("still here"))
        assert raw.recv(100) == bytes([0x81, 10]) + b"still here"


@BOTH
def test_client_that_never_reads_is_cut_when_its_application_gives_up(kind):
    with serving(kind) as server, server.raw() as raw:
        raw.sendall(frame("vanish"))
        end = time.monotonic() + 20
        while state_of(raw) == 1 and time.monotonic() < end:
            time.sleep(0.1)
        assert state_of(raw) == 7


@BOTH
def test_body_above_the_limit_is_refused_before_it_has_arrived(kind):
    with serving(kind, body_bytes=1_000_000) as server:
        with urllib.request.urlopen(server.http, b"x" * 1_000_000, timeout=5) as answer:
            assert answer.read() == b"1000000"
        for head, body in (
            (b"Content-Length: 99999999", b""),
            (b"Transfer-Encoding: chunked", b"f4241\r\n" + b"x" * 1_000_001),
        ):
            with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
                raw.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head + b"\r\n\r\n" + body)
                answer = raw.recv(4096)
                assert answer.startswith(b"HTTP/1.1 413 ")
                assert b"\r\ncache-control: private, no-store\r\n" in answer.lower()


@BOTH
def test_taken_port_is_a_sentence_and_status_1(kind):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        program = (
            "import sys; from prayermap.server.options import Options;"
            f"from prayermap.server.{kind}_server import serve;"
            f"sys.exit(serve(Options(host='127.0.0.1', port={port}, application='tests.server.echo:application')))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 can't be opened" in done.stderr
