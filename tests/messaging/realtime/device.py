"""A client for tests: keeps every frame, checks each against the published description, answers by `ref`."""

import asyncio
import itertools
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

import jsonschema_rs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from messaging.api.description import document
from tests.messaging.realtime.people import Circle, Person
from tests.messaging.realtime.serving import Server

Frame = dict[str, Any]
PATIENCE_S = 5.0
_validators: dict[str, Any] = {}


def check_frame(frame: Frame) -> None:
    """The frame is what /api/v1/asyncapi.json says about its type."""
    kind = frame["type"]
    if kind not in _validators:
        components = document()["components"]
        (key,) = (key for key, message in components["messages"].items() if message["name"] == kind)
        schema = {"components": components, "$ref": f"#/components/messages/{key}/payload"}
        _validators[kind] = jsonschema_rs.validator_for(schema)
    _validators[kind].validate(frame)


class Device:
    """One open socket. `frames` holds all that came, in order; `code` and `bye` how it ended."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Frame] = []
        self.bye: Frame | None = None
        self.code: int | None = None
        self._refs = itertools.count(1)
        self._news = asyncio.Condition()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(
        cls,
        server: Server,
        *,
        ticket: str | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> Self:
        """Shake hands only; the welcome (or the `bye`) comes like any other frame."""
        address = server.address + (f"?ticket={ticket}" if ticket is not None else "")
        options = {"subprotocols": ["prayermap.v1"], "max_size": None, "ping_interval": None, **options}
        return cls(await connect(address, additional_headers=headers or {}, **options))

    async def send(self, type_: str, data: Any = None, *, ref: Any = None) -> None:
        frame = {"type": type_, "ref": ref, "data": data}
        await self.send_raw(json.dumps({key: value for key, value in frame.items() if value is not None}))

    async def send_raw(self, raw: str | bytes) -> None:
        await self.connection.send(raw)

    async def ask(self, type_: str, data: Any = None, *, patience: float = PATIENCE_S) -> Frame:
        """The whole `ok`, `error` or `pong` frame that answers."""
        ref = next(self._refs)
        await self.send(type_, data, ref=ref)
        return await self.until(lambda frame: frame.get("ref") == ref, patience=patience)

    async def until(self, is_it: Callable[[Frame], bool], *, patience: float = PATIENCE_S) -> Frame:
        """The first frame of this kind, be it here already or still to come."""
        async with self._news, asyncio.timeout(patience):
            while True:
                for frame in self.frames:
                    if is_it(frame):
                        return frame
                assert self.code is None, f"closed with {self.code} before it came: {self.bye}"
                await self._news.wait()

    async def first(self, type_: str, *, patience: float = PATIENCE_S) -> Frame:
        return await self.until(lambda frame: frame["type"] == type_, patience=patience)

    async def message(self, content: str, *, patience: float = PATIENCE_S) -> Frame:
        """The `message.new` with this content."""

        def is_it(frame: Frame) -> bool:
            return frame["type"] == "message.new" and frame["data"]["message"]["content"] == content

        return await self.until(is_it, patience=patience)

    async def quiet(self, seconds: float = 0.3) -> list[Frame]:
        """What has come besides the welcome and answers, once nothing more is on its way."""
        await asyncio.sleep(seconds)
        if self.code is None:
            await self.ask("ping")
        return self.events

    @property
    def events(self) -> list[Frame]:
        return [frame for frame in self.unpacked if "ref" not in frame and frame["type"] != "welcome"]

    @property
    def unpacked(self) -> list[Frame]:
        """All frames, those in batches one by one."""
        flat = (frame["data"]["frames"] if frame["type"] == "batch" else [frame] for frame in self.frames)
        return list(itertools.chain.from_iterable(flat))

    def of(self, type_: str) -> list[Frame]:
        """The data of all events of one type, in order."""
        return [frame["data"] for frame in self.events if frame["type"] == type_]

    async def closed(self, *, patience: float = PATIENCE_S) -> int | None:
        """The close code."""
        async with asyncio.timeout(patience):
            await asyncio.shield(self._listening)
        return self.code

    async def leave(self) -> None:
        await self.connection.close()
        await self._listening

    def cut(self) -> None:
        """As a tunnel does: no goodbye."""
        self.connection.transport.abort()

    async def _listen(self) -> None:
        try:
            while True:
                frame = json.loads(await self.connection.recv())
                check_frame(frame)
                self.frames.append(frame)
                if frame["type"] == "bye":
                    self.bye = frame["data"]
                async with self._news:
                    self._news.notify_all()
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd else 1006
        finally:
            self.code = self.code or 1006
            async with self._news:
                self._news.notify_all()


class Devices:
    """Opens devices on one server, and closes what is still open in the end."""

    def __init__(self, server: Server, circle: Circle) -> None:
        self.server, self.circle = server, circle
        self.opened: list[Device] = []

    async def __call__(self, person: Person, *, server: Server | None = None, **options: Any) -> Device:
        """A device of this person that has been welcomed."""
        device = await self.raw(server, ticket=await self.circle.ticket(person), **options)
        await device.first("welcome")
        return device

    async def raw(self, server: Server | None = None, **options: Any) -> Device:
        device = await Device.open(server or self.server, **options)
        self.opened.append(device)
        return device

    async def close(self) -> None:
        for device in self.opened:
            with suppress(OSError):
                await device.leave()
