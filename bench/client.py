"""The reference client: what a device must do so that nothing is lost, doubled or out of order.

1. Keep a text until its `ok`, and send it again under the same `client_id` (`bench.outbox`).
2. Keep the last `rev` applied in each conversation; a jump is a hole (`bench.replica`).
3. After each `welcome`, ask `sync` with those positions and `changes` for what moved: live frames are
   at-most-once, so a frame that never came leaves no other trace.
4. Reconnect with growing, random pauses, except after a close code from 4500 on.

Example::

    async with shared_http(url) as http:
        rest = await Rest.sign_in(http, "ruth@example.com", "prayermap-demo")
        client = Client(url, rest, on_message=lambda conversation, message: print(message["content"]))
        running = asyncio.create_task(client.run())
        stored = await client.send(conversation, "Peace to this house.")
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from bench.connection import Lost, Refused, Socket
from bench.outbox import Draft, Outbox, lost_in
from bench.replica import REMOVED, Member, Message, Replica
from bench.rest import Problem, Rest

#: The server holds a frame back for up to 100 ms while an earlier one is on its way.
HOLE_GRACE_SECONDS = 0.3
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 15.0
CHANGES_PAGE = 100
_GONE_AWAY = (OSError, httpx.TransportError, Refused)


class Client:
    """One device of one person. `run()` keeps it connected until it is cancelled or signed out."""

    def __init__(
        self, url: str, rest: Rest, *, on_message: Callable[[str, Message], None], window: int = 1
    ) -> None:
        self.url, self.rest = url, rest
        self.replica, self.outbox = Replica(on_message), Outbox(window)
        self.socket: Socket | None = None
        self.online = asyncio.Event()
        self.figures: Counter[str] = Counter()
        self.me_rev: int | None = None
        self._repairs: dict[str, asyncio.Task[None]] = {}

    def send(self, conversation: str, content: str) -> asyncio.Future[dict[str, Any]]:
        """Put a text into the outbox. The future holds the stored message, or raises Refused."""
        draft = Draft(conversation, content)
        draft.stored.add_done_callback(lambda stored: self._stored(conversation, stored))
        self.outbox.add(draft)
        return draft.stored

    async def run(self) -> None:
        """Connect, live, reconnect. Returns when the server says not to come back; raises Problem 401 signed out."""
        failures = 0
        while True:
            wait = 0.0
            try:
                await self._live()
            except Lost as lost:
                self.figures[f"closed {lost.code}"] += 1
                if not lost.reconnect:
                    return
                failures, wait = 0, lost.retry_after_s
            except Problem as problem:
                if problem.status < 500:  # signed out meanwhile: no ticket, no socket
                    raise
                self.figures[f"no ticket: {problem.code}"] += 1
            except _GONE_AWAY as trouble:
                self.figures[f"could not connect: {type(trouble).__name__}"] += 1
            failures += 1
            longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**failures)
            await asyncio.sleep(wait + random.uniform(0, longest))

    async def _live(self) -> None:
        """One connection from ticket to close; raises Lost."""
        socket = await Socket.open(self.url, await self.rest.ticket(), self._take)
        self.figures["connections"] += 1
        self.socket = socket
        works = (socket.listen(), self.outbox.drain(socket.ask), self._greet())
        tasks = [asyncio.create_task(work) for work in works]
        try:
            # Not a TaskGroup: one that ends by an error, as by a lost line, forgets a cancellation of the same moment.
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            self.socket = None
            self.online.clear()
            socket.abort()
            for repair in self._repairs.values():
                repair.cancel()
            self._repairs.clear()
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        group = ExceptionGroup("the connection ended", [end for end in ends if isinstance(end, Exception)])
        raise (lost_in(group) or group) from None

    async def _greet(self) -> None:
        await self.catch_up()
        self.online.set()

    async def catch_up(self) -> None:
        """Ask which conversations moved since we last looked, and fetch what is missing."""
        page: dict[str, Any] = {"positions": self.replica.positions()}
        if self.me_rev is not None:
            page["me_rev"] = self.me_rev
        while page:
            answer = await self._ask("sync", page)
            for gone in answer["gone"]:
                self.replica.copies.pop(gone, None)
            for moved in answer["changed"]:
                conversation, copy = moved["conversation"], self.replica.copy(moved["conversation"])
                if copy.epoch not in (None, moved["epoch"]):
                    self.replica.forget(conversation)
                self.replica.copy(conversation).epoch = moved["epoch"]
                if moved["rev"] > copy.rev:
                    await self._repair(conversation)
                elif moved["rev"] == copy.rev:
                    await self._reread(conversation)
            self.me_rev = answer["me_rev"]
            page = {**page, "cursor": answer["next"]} if answer["next"] else {}

    async def _repair(self, conversation: str, *, grace: float = 0.0) -> None:
        await asyncio.sleep(grace)
        more = not grace or self.replica.copy(conversation).has_hole
        while more:
            self.figures["repairs"] += 1
            rev = self.replica.copy(conversation).rev
            page = {"conversation": conversation, "after_rev": rev, "limit": CHANGES_PAGE}
            try:
                changes = await self._ask("changes", page)
            except Refused as refusal:
                if refusal.code != "not_found":
                    raise
                self.replica.copies.pop(conversation, None)  # removed from it since `sync` spoke of it
                return
            more = self.replica.repair(conversation, changes)

    async def _reread(self, conversation: str) -> None:
        """Nothing moved but what is this person's own: read again what is held. An app reads only what it shows."""
        page = {"conversation": conversation, "after_rev": 0, "limit": CHANGES_PAGE}
        with suppress(Refused):  # removed from it meanwhile: the next `sync` says so
            while True:
                changes = await self._ask("changes", page)
                self.replica.reread(conversation, changes["messages"])
                if changes["complete"]:
                    return
                page["after_rev"] = changes["to_rev"]

    async def _ask(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        """A question that is worth waiting for when the server is busy."""
        while self.socket:
            try:
                return await self.socket.ask(kind, data)
            except Refused as refusal:
                if refusal.retry_after_s is None:
                    raise
                await asyncio.sleep(refusal.retry_after_s)
        raise Lost(None)

    def _take(self, frame: dict[str, Any]) -> None:
        data = frame.get("data", {})
        match frame["type"]:
            case "message.new" | "message.updated":
                self._learn(data["conversation"], data["message"]["rev"], data["message"])
            case "member.updated":
                self._learn(data["conversation"], data["rev"], member=data["member"])
            case "receipt":
                marks = data["delivered_seq"], data["read_seq"]
                self.replica.mark(data["conversation"], data["member"], *marks)
            case "conversation.updated":
                self._changed(data["conversation"])
            case "batch":
                for inner in data["frames"]:
                    self._take(inner)
            case "message.personal":
                if data.get("state") == REMOVED:
                    self.replica.remove(data["conversation"], data["seq"])
            case "conversation.removed":
                self.replica.copies.pop(data["id"], None)

    def _stored(self, conversation: str, stored: asyncio.Future[dict[str, Any]]) -> None:
        if stored.cancelled() or stored.exception():
            return
        message = stored.result()
        self.figures["duplicates"] += bool(message["duplicate"])
        if message["state"] == REMOVED:  # sent before, and removed by oneself since: what is left is no step
            self.replica.remove(conversation, message["seq"])
            return
        self._learn(conversation, message["rev"], message)

    def _learn(
        self, conversation: str, rev: int, message: Message | None = None, member: Member | None = None
    ) -> None:
        """Take one change; when a hole lies before it, repair unless it closes by itself."""
        if self.replica.learn(conversation, rev, message, member):
            self._mend(conversation)

    def _changed(self, conversation: dict[str, Any]) -> None:
        """What is said to this person alone, as when they enter, is no step: what others were told before was not for them."""
        id_, rev = conversation["id"], conversation["rev"]
        if "my_member" not in conversation:
            self._learn(id_, rev)
        elif self.replica.hear(id_, rev):
            self._mend(id_)

    def _mend(self, conversation: str) -> None:
        if self.socket:
            running = self._repairs.get(conversation)
            if running is None or running.done():
                repair = self._repair(conversation, grace=HOLE_GRACE_SECONDS)
                self._repairs[conversation] = asyncio.create_task(_unless_lost(repair))


async def _unless_lost(repair: Any) -> None:
    """A repair that a lost connection ends is done by the next greeting."""
    with suppress(Lost, Refused):
        await repair
