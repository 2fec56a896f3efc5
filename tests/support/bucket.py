"""A small S3 server: as much of the protocol as storing, handing out, listing and deleting need. Signatures only have
to be there.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit

NAMES = {"response-content-type": "Content-Type", "response-content-disposition": "Content-Disposition",
         "response-cache-control": "Cache-Control"}  # fmt: skip


class Bucket(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def bucket() -> Iterator[Bucket]:
    server = Bucket()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bucket

    def _key(self) -> str:
        """Behind the bucket's name, which comes first."""
        return unquote(urlsplit(self.path).path).partition("/")[2].partition("/")[2]

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            body = _unchunked(body)
        self.server.objects[self._key()] = body
        self._answer(200, ETag='"x"')

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if not self._key():
            self._answer(200, self._listing(query), Content_Type="application/xml")
            return
        body = self.server.objects.get(self._key())
        if body is None or not ("X-Amz-Signature" in query or "Authorization" in self.headers):
            self._answer(404 if body is None else 403)
            return
        headers = {NAMES[name]: value for name, value in query.items() if name in NAMES}
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked:
            self._answer(206, body[int(asked[1]) : int(asked[2]) + 1], **headers)
        else:
            self._answer(200, body, **headers)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.server.objects.pop(self._key(), None)
        self._answer(204)

    def _listing(self, query: dict[str, str]) -> bytes:
        prefix = query.get("prefix", "")
        rest = [key.removeprefix(prefix) for key in sorted(self.server.objects) if key.startswith(prefix)]
        folders = sorted({key.partition("/")[0] for key in rest if "/" in key})
        files = [key for key in rest if "/" not in key]
        inside = "".join(f"<Contents><Key>{prefix}{name}</Key><Size>1</Size></Contents>" for name in files)
        inside += "".join(
            f"<CommonPrefixes><Prefix>{prefix}{name}/</Prefix></CommonPrefixes>" for name in folders
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{inside}</ListBucketResult>".encode()

    def log_message(self, *args: object) -> None:
        pass


def _unchunked(body: bytes) -> bytes:
    """`<size>[;…]\\r\\n<data>\\r\\n` until a size of 0."""
    found = b""
    while body:
        head, _, body = body.partition(b"\r\n")
        size = int(head.partition(b";")[0], 16)
        if not size:
            break
        found, body = found + body[:size], body[size + 2 :]
    return found
