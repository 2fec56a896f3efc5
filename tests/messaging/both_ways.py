"""The same requests to Django and to the short way in front of it."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from messaging.api.short_way import ShortWay
from prayermap.handler import OneHopHandler
from prayermap.lib import pipelines


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


async def answer(application: Any, path: str, headers: dict[str, str] | None = None, **scope: Any) -> Seen:
    parts = urlsplit(path)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asked = True

    async def receive() -> Any:
        nonlocal asked
        if not asked:
            await asyncio.sleep(3_600)  # the client stays
        asked = False
        return {"type": "http.request", "body": b"", "more_body": False}

    pairs = {"host": "testserver"} | {name.lower(): value for name, value in (headers or {}).items()}
    request = {
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
    await application(request | scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return Seen(start["status"], list(start["headers"]), body)
