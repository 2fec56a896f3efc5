"""What people do in a steady run, each kind of act at a rate of its own: an act starts when it is due, late or not.

Latency counts from that moment, so a server (or this client) that stands still for a second is seen by all who waited.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image

from bench.connection import Refused
from bench.ids import client_id
from bench.rest import API, Problem
from bench.steady.device import HEAD, Device
from bench.steady.notes import Notes

#: Of 100 texts this many go to a group, the others to one person.
GROUP_SHARE = 20
EMOJIS = ("\U0001f64f", "\u2764\ufe0f", "\U0001f54a\ufe0f")
#: Edits and reactions take one of the newest five, deletions one that is older than ten: they never meet.
_NEWEST, _OLD = 5, 10
_WORDS = "peace be with you and with your house and all who come to it; may the day be gentle "
Act = Callable[[float], Awaitable[None]]


@dataclass
class Room:
    """A conversation, who is in it, and the newest of its texts with who wrote them."""

    id: str
    devices: list[Device]
    texts: deque[tuple[int, Device]] = field(default_factory=lambda: deque(maxlen=40))


class Acts:
    """Everything that can be done; the choice of who and where is the same in every run."""

    def __init__(self, rooms: list[Room], groups: list[Room], devices: list[Device], notes: Notes) -> None:
        self.rooms, self.groups, self.devices, self.notes = rooms, groups, devices, notes
        self.chance = random.Random(3)
        self._turn = itertools.cycle(devices)

    def rates(self, sends: float) -> dict[str, tuple[float, Act]]:
        """How often in a second each kind of act is due, from `sends` texts a second."""
        return {
            "send": (sends, self.send),
            "typing": (sends / 4, self.type),
            "react": (sends / 20, self.react),
            "edit": (sends / 40, self.edit),
            "delete": (sends / 80, self.delete),
            "history": (sends / 16, self.history),
            "list": (sends / 40, self.list),
            "come back": (sends / 40, self.come_back),
            "upload": (sends / 400, self.upload),
        }

    async def run(self, sends: float, until: Callable[[], bool]) -> None:
        """Keep to these rates until told to stop; returns when everything under way has ended.

        Acts of a kind come as people do who know nothing of each other (exponential gaps). At even gaps all kinds would
        fall together again and again: every half second a text, a page, a list and a return in the same moment.
        """
        tasks = [self._pace(name, *entry, until) for name, entry in self.rates(sends).items()]
        await asyncio.gather(*tasks)

    async def _pace(self, name: str, per_s: float, act: Act, until: Callable[[], bool]) -> None:
        due, under_way, gaps = time.perf_counter(), set[asyncio.Task[None]](), random.Random(name)
        while True:
            due += gaps.expovariate(per_s)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if until():
                break
            task = asyncio.create_task(self._noted(name, act, due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        if under_way:
            await asyncio.wait(under_way)

    async def _noted(self, name: str, act: Act, due: float) -> None:
        try:
            await act(due)
            self.notes.counts[name] += 1
        except (Refused, Problem) as refusal:
            self.notes.refused[f"{name}: {refusal.code}"] += 1
        except (OSError, TimeoutError, httpx.HTTPError, LookupError) as error:
            self.notes.errors[f"{name}: {error!r}"[:120]] += 1

    def _room(self) -> Room:
        return self.chance.choice(self.groups if self.chance.randrange(100) < GROUP_SHARE else self.rooms)

    def _somebody(self, devices: list[Device]) -> Device | None:
        here = [device for device in devices if device.is_here]
        return self.chance.choice(here) if here else None

    def _timed(self, what: str, due: float) -> None:
        self.notes.age(what, (time.perf_counter() - due) * 1e3)

    async def send(self, due: float, **more: Any) -> None:
        room = self._room()
        if device := self._somebody(room.devices):
            await self._say(room, device, due, type="text", **more)

    async def _say(self, room: Room, device: Device, due: float, **fields: Any) -> None:
        content = HEAD + f"{int(due * 1e9):019d} " + _WORDS[: self.chance.randrange(len(_WORDS))]
        body = {"conversation": room.id, "client_id": client_id(), "content": content, **fields}
        stored = await device.ask("message.send", body)
        self._timed("ok", due)
        device.learn(room.id, stored["rev"])
        room.texts.append((stored["seq"], device))

    async def type(self, due: float) -> None:
        room = self._room()
        if device := self._somebody(room.devices):
            await device.ask("typing", {"conversation": room.id, "is_typing": True})

    async def react(self, due: float) -> None:
        room = self._room()
        if (device := self._somebody(room.devices)) and room.texts:
            seq, _ = self.chance.choice(list(room.texts)[-_NEWEST:])
            on, emoji = self.chance.random() < 0.7, self.chance.choice(EMOJIS)
            await device.ask("reaction.set", {"conversation": room.id, "seq": seq, "emoji": emoji, "on": on})

    async def edit(self, due: float) -> None:
        room = self._room()
        mine = [(seq, device) for seq, device in list(room.texts)[-_NEWEST:] if device.is_here]
        if mine:
            seq, device = self.chance.choice(mine)
            content = "as I meant it: " + _WORDS[: self.chance.randrange(len(_WORDS))]
            await device.ask("message.edit", {"conversation": room.id, "seq": seq, "content": content})

    async def delete(self, due: float) -> None:
        room = self._room()
        if len(room.texts) > _OLD and room.texts[0][1].is_here:
            seq, device = room.texts.popleft()
            await device.ask("message.delete", {"conversation": room.id, "seq": seq, "scope": "all"})

    async def history(self, due: float) -> None:
        room, page = self._room(), "limit=50"
        device = self.chance.choice(room.devices)
        if room.texts and self.chance.random() < 0.3:
            page += f"&before={self.chance.randrange(1, room.texts[-1][0] + 1)}"
        await device.person.rest.call("GET", f"/conversations/{room.id}/messages/?{page}")
        self._timed("history", due)

    async def list(self, due: float) -> None:
        await self.chance.choice(self.devices).person.rest.call("GET", "/conversations/?limit=50")
        self._timed("list", due)

    async def come_back(self, due: float) -> None:
        device = next(self._turn)
        if device.is_here:
            await device.leave()
            await asyncio.sleep(self.chance.uniform(0.2, 5))
            begun = time.perf_counter()
            await device.enter()
            self._timed("come back", begun)

    async def upload(self, due: float) -> None:
        room = self.chance.choice(self.rooms)
        if device := self._somebody(room.devices):
            rest = device.person.rest
            headers = {"Authorization": f"Bearer {rest.access}"}
            files = {"file": ("lake.png", self._picture(), "image/png")}
            answer = await rest.http.post(f"{API}/attachments/", files=files, headers=headers)
            if answer.is_error:
                raise Problem(answer.status_code, answer.json())
            self._timed("upload", due)
            if device.is_here:
                await self._say(
                    room, device, time.perf_counter(), type="image", attachment=answer.json()["id"]
                )

    def _picture(self) -> bytes:
        """A picture unlike the others, of about 20 kB."""
        small = Image.frombytes("RGB", (80, 60), self.chance.randbytes(80 * 60 * 3))
        kept = io.BytesIO()
        small.save(kept, "PNG")
        return kept.getvalue()
