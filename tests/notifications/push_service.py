"""A push service on this machine: takes pushes as the real ones do, checks their signature, answers as it is told."""

import base64
import json
import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


@dataclass
class Push:
    """One request: where to, and what with."""

    path: str
    headers: dict[str, str]
    body: bytes


class PushService:
    """`script` holds the next answers by path: a status, (status, headers), or a number of seconds to be silent."""

    def __init__(self) -> None:
        self.pushes: list[Push] = []
        self.script: dict[str, list[Any]] = {}
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def url(self, path: str) -> str:
        return f"{self.origin}{path}"

    def to(self, path: str) -> list[Push]:
        with self.lock:
            return [push for push in self.pushes if push.path == path]

    def wait_for(self, path: str, count: int, patience: float = 20) -> list[Push]:
        end = time.monotonic() + patience
        while len(self.to(path)) < count:
            assert time.monotonic() < end, f"{len(self.to(path))} of {count} pushes came"
            time.sleep(0.02)
        return self.to(path)

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, push: Push) -> Any:
        with self.lock:
            self.pushes.append(push)
            planned = self.script.get(push.path)
            return planned.pop(0) if planned else 201


def _handler(service: PushService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            planned = service.answer(Push(self.path, dict(self.headers.items()), body))
            if isinstance(planned, float):
                time.sleep(planned)
                return
            status, headers = planned if isinstance(planned, tuple) else (planned, {})
            self.send_response(status)
            for name, value in ({"Content-Length": "0"} | headers).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


def claims_of(push: Push) -> dict[str, Any]:
    """What the server says of itself (RFC 8292). Fails where the signature isn't that of the key beside it."""
    scheme, _, rest = push.headers["Authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, body, signature = parts["t"].split(".")
    raw = _decoded(signature)
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _decoded(parts["k"]))
    pair = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key.verify(pair, f"{head}.{body}".encode(), ECDSA(SHA256()))
    return json.loads(_decoded(body)) | {"k": parts["k"]}


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Dripping:
    """A host that answers a byte a second, for ever."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.is_ending = False
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def _serve(self) -> None:
        self.listener.settimeout(0.2)
        while not self.is_ending:
            try:
                connection, _ = self.listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=self._drip, args=(connection,), daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        with connection:
            try:
                for byte in b"HTTP/1.1 201 Created\r\nX-Slow: " + b"a" * 1_000:
                    if self.is_ending:
                        return
                    connection.sendall(bytes([byte]))
                    time.sleep(0.2)
            except OSError:
                return

    def stop(self) -> None:
        self.is_ending = True
        self.thread.join()
        self.listener.close()
