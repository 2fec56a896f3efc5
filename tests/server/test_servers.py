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

    def raw(self) -> socket.socket:
        """An open WebSocket without a client library, which would read in the background."""
        raw = socket.create_connection(("127.0.0.1", self.port))
        key = base64.b64encode(os.urandom(16)).decode()
        raw.sendall(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
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
def test_compression_is_off_unless_asked_for(kind, deflate):
    with serving(kind, deflate=deflate) as server, connect(server.address) as client:
        client.send("peace" * 1_000)
        assert client.recv(timeout=5) == "peace" * 1_000
        assert client.response is not None
        assert (
            "permessage-deflate" in client.response.headers.get("Sec-WebSocket-Extensions", "")
        ) is deflate


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
                assert raw.recv(100).startswith(b"HTTP/1.1 413 ")


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
