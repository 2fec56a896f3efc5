"""Fifty pairs of reference clients that write to each other, each keeping a log of what reached it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import httpx

from bench.client import Client
from bench.people import Person, befriend, people
from bench.replica import Message
from bench.stack import Stack

AT_ONCE = 8


class Entry(NamedTuple):
    """One message as somebody has it."""

    seq: int
    id: str
    content: str


class Side:
    """One of the two: what they write, what was acknowledged, and what they received, in order of arrival."""

    def __init__(self, url: str, person: Person, window: int) -> None:
        self.person = person
        self.log: list[Entry] = []
        self.texts: list[str] = []
        self.sent: list[asyncio.Future[dict[str, Any]]] = []
        self.client = Client(url, person.rest, on_message=self._received, window=window)
        self._running: asyncio.Task[None] | None = None

    def _received(self, _conversation: str, message: Message) -> None:
        self.log.append(Entry(message["seq"], message["id"], message["content"]))

    def start(self) -> None:
        self._running = asyncio.create_task(self.client.run())
        self._running.add_done_callback(self._ended)

    def _ended(self, running: asyncio.Task[None]) -> None:
        """A client that gave up answers for what it still had to send, so that nobody waits for it."""
        if not running.cancelled():
            for stored in self.sent:
                if not stored.done():
                    stored.set_exception(running.exception() or ConnectionError("told not to reconnect"))

    async def stop(self) -> None:
        """As when the app is closed. Raises what ended the client by itself, if anything did."""
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            if not self._running.cancelled() and (trouble := self._running.exception()):
                raise trouble

    def write(self, conversation: str) -> None:
        """Everything into the outbox at once; the outbox keeps order and pace."""
        self.sent = [self.client.send(conversation, text) for text in self.texts]


@dataclass
class Couple:
    """A conversation and its two sides."""

    conversation: str
    sides: tuple[Side, Side]


@dataclass
class Crowd:
    """All couples. `async with` starts them and, at the end, stops them."""

    couples: list[Couple]
    figures: Counter[str] = field(default_factory=Counter)

    @classmethod
    async def gather(
        cls, url: str, http: httpx.AsyncClient, pairs: int, window: int, stack: Stack | None
    ) -> Self:
        persons = await people(http, 2 * pairs, stack)
        gate = asyncio.Semaphore(AT_ONCE)

        async def couple(a: Person, b: Person) -> Couple:
            async with gate:
                return Couple(await befriend(a, b), (Side(url, a, window), Side(url, b, window)))

        couples = zip(persons[::2], persons[1::2], strict=True)
        return cls(list(await asyncio.gather(*(couple(a, b) for a, b in couples))))

    @property
    def sides(self) -> list[Side]:
        return [side for couple in self.couples for side in couple.sides]

    def deal(self, texts: list[str]) -> None:
        """Spread the texts over all sides, so that both directions of each pair are busy."""
        for number, text in enumerate(texts):
            self.sides[number % len(self.sides)].texts.append(text)

    def acknowledged(self) -> int:
        return sum(stored.done() for side in self.sides for stored in side.sent)

    async def __aenter__(self) -> Self:
        for side in self.sides:
            side.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(side.stop() for side in self.sides))

    async def online(self) -> None:
        """Returns when everybody is connected and has caught up. Raises TimeoutError after two minutes."""
        try:
            async with asyncio.timeout(120):
                await asyncio.gather(*(side.client.online.wait() for side in self.sides))
        except TimeoutError:
            absent = [dict(side.client.figures) for side in self.sides if not side.client.online.is_set()]
            raise TimeoutError(f"{len(absent)} can't come back, for example {absent[0]}") from None

    async def settle(self, seconds: float = 5.0) -> int:
        """Wait for what is still on its way; returns how many had to be fetched by one more `sync`.

        These are live frames that were lost without a trace: allowed, but they should be rare.
        """
        expected = sum(2 * len(side.sent) for side in self.sides)
        end = asyncio.get_running_loop().time() + seconds
        while self._received() < expected and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        missing = expected - self._received()
        await asyncio.gather(*(side.client.catch_up() for side in self.sides))
        return max(0, missing)

    def _received(self) -> int:
        return sum(len(side.log) for side in self.sides)

    def total(self) -> Counter[str]:
        """The clients' figures, added up."""
        return sum((side.client.figures for side in self.sides), Counter(self.figures))
