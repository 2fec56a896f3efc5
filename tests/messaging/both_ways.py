"""The same requests to Django and to the short way in front of it."""

import asyncio
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from messaging.api.short_way import ShortWay
from prayermap.handler import OneHopHandler
from prayermap.lib import pipelines

_TIME = re.compile(rb'"server_time":"[^"]+"')


class Seen(NamedTuple):
    """An answer, byte for byte."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Pair(NamedTuple):
    path: str
    django: Seen
    short: Seen
    #: The short way answered by itself.
    was_short: bool


class Asking:
    """`ask(path, headers)` of a short way that has just been started; the first page that it sees teaches it headers."""

    def __init__(self) -> None:
        self.django = OneHopHandler()
        self.short = ShortWay(self.django)

    async def both(self, path: str, headers: dict[str, str] | None = None, **scope: Any) -> Pair:
        django = await answer(self.django, path, headers, **scope)
        before = self.short.answered
        short = await answer(self.short, path, headers, **scope)
        return Pair(path, django, short, self.short.answered > before)


def asking(work: Callable[[Asking], Any]) -> Any:
    """Run `work(asking)` on an event loop of its own, as a server process has one."""

    async def run() -> Any:
        await pipelines.start()
        try:
            return await work(Asking())
        finally:
            await pipelines.stop()

    return asyncio.run(run())


def differing(pairs: Iterable[Pair]) -> list[str]:
    return [f"{pair.path}: {pair.django} is not {pair.short}" for pair in pairs if pair.django != pair.short]


def timeless(pair: Pair) -> Pair:
    """The same without what the server's clock said meanwhile."""
    django, short = (seen._replace(body=_TIME.sub(b"", seen.body)) for seen in (pair.django, pair.short))
    return pair._replace(django=django, short=short)


def posted(headers: dict[str, str], body: Any, **more: str) -> dict[str, Any]:
    """What a POST of this JSON, or of these bytes, has besides its path; `more` headers."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {name.lower(): value for name, value in headers.items()}
    sent |= {"content-type": "application/json", "content-length": str(len(raw))} | more
    return {"headers": sent, "body": raw, "method": "POST"}


async def answer(
    application: Any, path: str, headers: dict[str, str] | None = None, body: bytes = b"", **scope: Any
) -> Seen:
    """Of a request whose body, if it has one, comes in two pieces."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    pieces = [body[:9], body[9:]] if body else [b""]

    async def receive() -> Any:
        if not pieces:
            await asyncio.sleep(3_600)  # the client stays
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    await application(scope_of(path, headers, **scope), receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    told = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return Seen(start["status"], list(start["headers"]), told)


def scope_of(path: str, headers: dict[str, str] | None = None, **scope: Any) -> dict[str, Any]:
    """A request as an ASGI server describes it; `scope` for what is unusual about it."""
    parts = urlsplit(path)
    pairs = {"host": "testserver"} | {name.lower(): value for name, value in (headers or {}).items()}
    usual = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in pairs.items()],
        "client": ("127.0.0.1", 4711),
        "server": ("127.0.0.1", 80),
    }
    return usual | scope
