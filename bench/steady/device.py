"""A person's app in a steady run: asks by `ref`, marks what it has read as the reference client would, finds holes.

It keeps positions and no messages, so that the client takes little of the machine; frames are decoded, unlike those of
`bench.line`, since questions of many kinds are under way at once.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import defaultdict
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from bench.connection import Refused
from bench.people import Person
from bench.steady.notes import Notes
from bench.wire import RawSocket, open_socket

#: A mark for each conversation at most four times a second, and a hole has this long to close by itself.
TURN_S = 0.25
ANSWER_S = 30.0
_PING_S = 20.0
#: Texts of this run begin with it; the moment at which they were due follows.
HEAD = "~steady "
_STAMP = slice(len(HEAD), len(HEAD) + 19)


class Device:
    """`is_here` is False while it is away; then nobody should act with it."""

    def __init__(self, url: str, person: Person, notes: Notes) -> None:
        self.url, self.person, self.notes = url, person, notes
        self.is_here = False
        self.revs: dict[str, int] = {}
        self._socket: RawSocket | None = None
        self._refs = itertools.count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._welcome: asyncio.Future[None]
        self._read: dict[str, int] = {}
        self._early: dict[str, set[int]] = defaultdict(set)
        self._holes: set[str] = set()
        self._turns: asyncio.Task[None] | None = None

    async def enter(self) -> None:
        """Ticket, handshake, welcome, `sync`, and the `changes` of what moved. Raises OSError or Refused."""
        parts = urlsplit(self.url)
        self._welcome = asyncio.get_running_loop().create_future()
        path = f"/ws/v1/?ticket={await self.person.rest.ticket()}"
        self._socket = await open_socket(str(parts.hostname), parts.port or 80, path, self._take)
        await asyncio.wait_for(self._welcome, ANSWER_S)
        self.is_here = True
        await self.catch_up()
        self._turns = asyncio.create_task(self._take_turns())

    async def leave(self) -> None:
        """Wait for the open answers, then cut the line without a goodbye, as a tunnel does."""
        self.is_here = False
        if self._turns:
            self._turns.cancel()
            with suppress(asyncio.CancelledError):
                await self._turns
        if self._asked:
            await asyncio.wait(list(self._asked.values()), timeout=ANSWER_S)
        if self._socket:
            self._socket.transport.abort()

    async def catch_up(self) -> int:
        """How many conversations had moved without our knowing."""
        page: dict[str, Any] | None = {"positions": dict(self.revs)}
        behind = 0
        while page:
            answer = await self.ask("sync", page)
            for moved in answer["changed"]:
                if moved["rev"] > self.revs.get(moved["conversation"], 0):
                    behind += 1
                    await self._repair(moved["conversation"])
            page = {**page, "cursor": answer["next"]} if answer["next"] else None
        return behind

    async def ask(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        """The data of the `ok`. Raises Refused; TimeoutError without an answer."""
        ref = next(self._refs)
        answer = self._asked[ref] = asyncio.get_running_loop().create_future()
        self._send({"type": kind, "ref": ref, "data": data})
        try:
            return await asyncio.wait_for(answer, ANSWER_S)
        finally:
            self._asked.pop(ref, None)

    def learn(self, conversation: str, rev: int) -> None:
        """One step of a conversation; those that come too early wait for the ones before."""
        known, early = self.revs.get(conversation, 0), self._early[conversation]
        if rev > known:
            early.add(rev)
        while known + 1 in early:
            known += 1
            early.discard(known)
        self.revs[conversation] = known

    def _send(self, frame: dict[str, Any]) -> None:
        if self._socket:
            self._socket.send(json.dumps(frame, separators=(",", ":")).encode())

    async def _take_turns(self) -> None:
        """Marks and holes four times a second; a ping when there is little else."""
        pinged = time.monotonic()
        while True:
            await asyncio.sleep(TURN_S)
            if self._socket and self._socket.transport.is_closing():
                self.is_here = False
                self.notes.errors[f"the server closed a socket: {self._socket.close_code}"] += 1
                return
            self._mark()
            if time.monotonic() - pinged > _PING_S:
                pinged = time.monotonic()
                self._send({"type": "ping"})
            open_now = {conversation for conversation, early in self._early.items() if early}
            for conversation in open_now & self._holes:
                self.notes.counts["holes repaired"] += 1
                try:
                    await self._repair(conversation)
                except (Refused, TimeoutError) as error:
                    self.notes.errors[f"changes: {error!r}"[:120]] += 1
            self._holes = open_now

    def _mark(self) -> None:
        read, self._read = self._read, {}
        for conversation, seq in read.items():
            self.notes.counts["receipts"] += 1
            self._send({"type": "receipt", "data": {"conversation": conversation, "read": seq}})

    async def _repair(self, conversation: str) -> None:
        complete = False
        while not complete:
            question = {
                "conversation": conversation,
                "after_rev": self.revs.get(conversation, 0),
                "limit": 100,
            }
            changes = await self.ask("changes", question)
            for message in changes["messages"]:
                self._see(conversation, message)
            self.revs[conversation] = max(self.revs.get(conversation, 0), changes["to_rev"])
            early = self._early[conversation]
            early.difference_update({rev for rev in early if rev <= self.revs[conversation]})
            complete = changes["complete"]

    def _see(self, conversation: str, message: dict[str, Any]) -> None:
        if not message.get("is_mine") and message["seq"] > self._read.get(conversation, 0):
            self._read[conversation] = message["seq"]

    def _take(self, payload: bytes) -> None:
        frame = json.loads(payload)
        kind, data = frame["type"], frame.get("data", {})
        asked = self._asked.get(frame.get("ref", 0))
        if kind == "welcome":
            self._welcome.set_result(None)
        elif asked is not None and not asked.done():
            if kind == "error":
                asked.set_exception(Refused(data))
            else:
                asked.set_result(data)
        elif kind in ("error", "bye"):
            self.notes.refused[f"{kind}: {data.get('code')}"] += 1
        else:
            self._hear(kind, data)

    def _hear(self, kind: str, data: dict[str, Any]) -> None:
        match kind:
            case "message.new":
                content, conversation = data["message"]["content"] or "", data["conversation"]
                if content.startswith(HEAD):
                    self.notes.age("arrival", (time.perf_counter_ns() - int(content[_STAMP])) / 1e6)
                self._see(conversation, data["message"])
                self.learn(conversation, data["message"]["rev"])
            case "message.updated":
                self.learn(data["conversation"], data["message"]["rev"])
            case "member.updated":
                self.learn(data["conversation"], data["rev"])
            case "conversation.updated":
                self.learn(data["conversation"]["id"], data["conversation"]["rev"])
            case "batch":
                for inner in data["frames"]:
                    self._hear(inner["type"], inner.get("data", {}))
