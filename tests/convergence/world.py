"""People with a device each, the conversations they share, and the steps of a script."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
from django.db import connections

from bench.client import HOLE_GRACE_SECONDS, Client
from bench.connection import Lost
from bench.ids import client_id
from bench.rest import Problem, Rest, shared_http
from tests.convergence.scripts import SLOWLY, Step
from tests.messaging.realtime.people import Person, make_person
from tests.messaging.realtime.serving import Server

NAMES = ("Ruth", "Amos", "Lydia", "Naomi", "Silas", "Phoebe")
TEXTS = ("peace", "سلام", "शांति 🙏🏽", "a\u0301b", "é", "x" * 300, "平安", "hello again", "amen", "\u202eabc")
EMOJI = ("🙏", "❤️", "🕊️", "👍🏽", "😢")
#: What a script may run into without anything being wrong: it doesn't know what is allowed at the moment.
REFUSED = {400, 403, 404, 409, 422}
SETTLE_S = 20.0


def _make_people(count: int) -> list[Person]:
    """On a thread of its own, whose connection goes back to the pool."""
    try:
        return [make_person(name) for name in NAMES[:count]]
    finally:
        connections.close_all()


class Device(Client):
    """The reference client of one person, on a line that breaks and delivers news a little out of order."""

    def __init__(self, url: str, rest: Rest, person: Person, seed: int) -> None:
        super().__init__(url, rest, on_message=lambda conversation, message: None)
        self.person = person
        self.running: asyncio.Task[None] | None = None
        self._luck = random.Random(seed)
        self._held: list[dict[str, Any]] = []

    def wake(self) -> None:
        if self.running is None or self.running.done():
            self.running = asyncio.create_task(self.run())

    async def sleep(self) -> None:
        while self.running is not None and not self.running.done():
            # A line that breaks at the same moment swallows the cancellation, and the client reconnects.
            self.running.cancel()
            await asyncio.wait([self.running], timeout=0.5)
        self.running = None
        self._held.clear()

    def cut(self) -> None:
        if self.socket is not None:
            self.socket.abort()

    def _take(self, frame: dict[str, Any]) -> None:
        """Three frames in ten wait for the next one, which they then follow."""
        self._held.append(frame)
        if self._luck.random() < 0.3 and len(self._held) < 3:
            asyncio.get_running_loop().call_later(0.05, self._release)
        else:
            self._release()

    def _release(self) -> None:
        held, self._held = self._held[::-1], []
        for frame in held:
            super()._take(frame)


class World:
    """Three to six people, one group of all, one of three, and two direct conversations."""

    def __init__(self, start: Callable[[], Server], people: int) -> None:
        self.start, self.count = start, people
        self.server = start()
        self.devices: list[Device] = []
        self.rooms: list[str] = []
        self.sent: list[tuple[Device, str, dict[str, Any]]] = []
        self.flying: list[asyncio.Future[dict[str, Any]]] = []

    async def open(self, seed: int) -> None:
        self.http = shared_http(self.server.http)
        for number, person in enumerate(await asyncio.to_thread(_make_people, self.count)):
            rest = Rest(self.http, access=person.access, refresh=person.refresh)
            self.devices.append(Device(self.server.http, rest, person, seed + number))
        self.rooms = [await self._group(self.devices), await self._group(self.devices[:3])]
        self.rooms += [await self._pair(0, 1), await self._pair(1, 2)]
        for device in self.devices:
            device.wake()

    async def close(self) -> None:
        for device in self.devices:
            await device.sleep()
        await self.http.aclose()

    async def play(self, step: Step) -> None:
        device = self.devices[step.who % len(self.devices)]
        with suppress(httpx.TransportError):
            try:
                await getattr(self, f"_{step.act}")(device, self.rooms[step.where % len(self.rooms)], step)
            except Problem as problem:
                if problem.status not in REFUSED:
                    raise
        await asyncio.sleep(0.002 * (step.what % 4))

    async def settle(self) -> None:
        """Everybody is online and knows all that there is to know."""
        async with asyncio.timeout(SETTLE_S):
            for device in self.devices:
                device.wake()
            for device in self.devices:
                await device.online.wait()
            await asyncio.gather(*self.flying, return_exceptions=True)
            await asyncio.sleep(0.5)
            for device in self.devices:
                await self._caught_up(device)

    async def _caught_up(self, device: Device) -> None:
        while True:
            await device.online.wait()
            with suppress(Lost):
                return await device.catch_up()

    # --- the steps ----------------------------------------------------------------------------------
    async def _send(self, device: Device, room: str, step: Step) -> None:
        body = self._body(step)
        self.sent.append((device, room, body))
        await device.rest.call("POST", f"/conversations/{room}/messages/", body)

    async def _send_by_socket(self, device: Device, room: str, step: Step) -> None:
        future = device.send(room, TEXTS[step.what % len(TEXTS)])
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.flying.append(future)

    async def _repeat(self, device: Device, room: str, step: Step) -> None:
        if self.sent:
            device, room, body = self.sent[step.which % len(self.sent)]
            answer = await device.rest.call("POST", f"/conversations/{room}/messages/", body)
            assert "seq" in answer

    async def _edit(self, device: Device, room: str, step: Step) -> None:
        body = {"content": f"{TEXTS[step.what % len(TEXTS)]} (edited)"}
        await device.rest.call("PATCH", f"/conversations/{room}/messages/{self._seq(room, step)}/", body)

    async def _delete(self, device: Device, room: str, step: Step) -> None:
        await device.rest.call("DELETE", f"/conversations/{room}/messages/{self._seq(room, step)}/?scope=all")

    async def _delete_for_me(self, device: Device, room: str, step: Step) -> None:
        await device.rest.call("DELETE", f"/conversations/{room}/messages/{self._seq(room, step)}/?scope=me")

    async def _react(self, device: Device, room: str, step: Step) -> None:
        method = "PUT" if step.what % 3 else "DELETE"
        path = f"/conversations/{room}/messages/{self._seq(room, step)}/reactions/{EMOJI[step.what % 5]}/"
        await device.rest.call(method, path)

    async def _pin(self, device: Device, room: str, step: Step) -> None:
        method = "PUT" if step.what % 2 else "DELETE"
        await device.rest.call(method, f"/conversations/{room}/messages/{self._seq(room, step)}/pin/")

    async def _read(self, device: Device, room: str, step: Step) -> None:
        await device.rest.call("POST", f"/conversations/{room}/receipts/", {"read": self._seq(room, step)})

    async def _cut(self, device: Device, room: str, step: Step) -> None:
        device.cut()

    async def _sleep(self, device: Device, room: str, step: Step) -> None:
        await device.sleep()

    async def _wake(self, device: Device, room: str, step: Step) -> None:
        device.wake()

    async def _leave(self, device: Device, room: str, step: Step) -> None:
        me = (await device.rest.call("GET", f"/conversations/{room}/"))["my_member"]["id"]
        await device.rest.call("DELETE", f"/conversations/{room}/members/{me}/")

    async def _remove(self, device: Device, room: str, step: Step) -> None:
        await device.rest.call(
            "DELETE", f"/conversations/{room}/members/{await self._member(device, room, step)}/"
        )

    async def _invite(self, device: Device, room: str, step: Step) -> None:
        other = self.devices[step.which % len(self.devices)]
        await device.rest.call("POST", f"/conversations/{room}/members/", {"user": other.person.id})
        if step.what % 8 == SLOWLY:
            await asyncio.sleep(2 * HOLE_GRACE_SECONDS)
        await other.rest.call("POST", f"/conversations/{room}/accept/", {})

    async def _role(self, device: Device, room: str, step: Step) -> None:
        path = f"/conversations/{room}/members/{await self._member(device, room, step)}/"
        await device.rest.call("PATCH", path, {"role": ("member", "admin", "owner")[step.what % 3]})

    async def _retitle(self, device: Device, room: str, step: Step) -> None:
        await device.rest.call("PATCH", f"/conversations/{room}/", {"title": f"Evening {step.what}"})

    async def _rename(self, device: Device, room: str, step: Step) -> None:
        await device.rest.call("PATCH", "/me/", {"display_name": f"{device.person.name} {step.what}"})

    async def _restart(self, device: Device, room: str, step: Step) -> None:
        """kill -9, then another process at another address."""
        self.server.process.kill()
        self.server.process.wait()
        self.server = await asyncio.to_thread(self.start)
        self.http.base_url = self.server.http
        for each in self.devices:
            each.url = self.server.http

    # --- choices --------------------------------------------------------------------------------------
    def _body(self, step: Step) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": "text",
            "content": TEXTS[step.what % len(TEXTS)],
            "client_id": client_id(),
        }
        if step.which % 5 == 1:
            body["is_anonymous"] = True
        if step.which % 7 == 2:
            body["reply_to"] = 1
        return body

    def _seq(self, room: str, step: Step) -> int:
        """The newest messages are chosen more often, counted from what any device has seen."""
        newest = max((max(d.replica.copy(room).messages, default=1) for d in self.devices), default=1)
        return max(1, newest - step.which % 6)

    async def _member(self, device: Device, room: str, step: Step) -> str:
        members = (await device.rest.call("GET", f"/conversations/{room}/members/"))["results"]
        return str(members[step.which % len(members)]["id"])

    async def _group(self, devices: list[Device]) -> str:
        owner, *others = devices
        body = {"kind": "group_prayer", "title": "Evening", "members": [other.person.id for other in others]}
        room = (await owner.rest.call("POST", "/conversations/", body))["id"]
        for other in others:
            await other.rest.call("POST", f"/conversations/{room}/accept/", {})
        return str(room)

    async def _pair(self, one: int, other: int) -> str:
        body = {"kind": "direct_message", "members": [self.devices[other].person.id]}
        room = (await self.devices[one].rest.call("POST", "/conversations/", body))["id"]
        await self.devices[other].rest.call("POST", f"/conversations/{room}/accept/", {})
        return str(room)
