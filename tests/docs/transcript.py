"""Read and replay sessions that pages print; "A whole session" in docs/socket.md says what the lines mean.

Where several people have devices, a name stands before what a device sends and receives (`> Grace {…}`).
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bench.ids import client_id
from tests.messaging.realtime.device import PATIENCE_S, Device
from tests.messaging.realtime.people import Circle, Person
from tests.messaging.realtime.serving import Server

_NAME = re.compile(r"<([a-z_0-9]+)>")
_KINDS = frozenset("#*=><-")


@dataclass(frozen=True)
class Line:
    number: int
    kind: str
    text: str


def parse(block: str) -> list[Line]:
    """Raises ValueError for a line that is none of the format."""
    lines = []
    for number, raw in enumerate(block.splitlines(), 1):
        if not raw:
            continue
        if raw[0] not in _KINDS or raw[1:2] != " ":
            raise ValueError(f"line {number} of the transcript: {raw}")
        lines.append(Line(number, raw[0], raw[2:]))
    return lines


def difference(expected: Any, found: Any, known: dict[str, str]) -> str | None:
    """Where `found` differs from what is printed, None if nowhere. Names met for the first time are learnt."""
    if isinstance(expected, dict):
        if not isinstance(found, dict) or set(expected) != set(found):
            return f"expected {expected}, found {found}"
        pairs: Any = [(expected[key], found[key]) for key in expected]
    elif isinstance(expected, list):
        if not isinstance(found, list) or len(expected) != len(found):
            return f"expected {expected}, found {found}"
        pairs = zip(expected, found, strict=True)
    else:
        return None if _same(expected, found, known) else f"expected {expected!r}, found {found!r}"
    return next((told for pair in pairs if (told := difference(*pair, known))), None)


def _same(expected: Any, found: Any, known: dict[str, str]) -> bool:
    match = _NAME.fullmatch(expected) if isinstance(expected, str) else None
    if match is None:
        return type(expected) is type(found) and expected == found
    name = match[1]
    if name == "number":
        return isinstance(found, int) and not isinstance(found, bool)
    if name == "time":
        return isinstance(found, str) and found.endswith("Z") and datetime.fromisoformat(found) is not None
    return isinstance(found, str) and known.setdefault(name, found) == found


@dataclass
class Replay:
    """One run of a transcript: who is who, which names are known, the open sockets.

    `unpacks`: frames are read one by one, whether they came alone or in a `batch`.
    """

    server: Server
    circle: Circle
    people: dict[str, Person]
    unpacks: bool = False
    patience_s: float = PATIENCE_S
    known: dict[str, str] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    answer: Any = None
    #: Every answer that somebody got, by name.
    answers: dict[str, list[Any]] = field(default_factory=dict)

    async def run(self, block: str) -> None:
        for person in self.people.values():
            self.known[person.name.lower()] = person.id
            self.known[f"{person.name.lower()}_refresh"] = person.refresh
        for line in parse(block):
            try:
                await self._do(line)
            except Exception as error:
                error.add_note(f"line {line.number} of the transcript: {line.kind} {line.text}")
                raise

    async def _do(self, line: Line) -> None:
        if line.kind == "*":
            await self._request(line.text)
        elif line.kind == "=":
            expected = json.loads(line.text)
            self._compare(expected, {key: self.answer.get(key) for key in expected})
        elif line.kind != "#":
            name, text = self.whose(line.text)
            await self._on_device(line.kind, name, text)

    async def _on_device(self, kind: str, name: str, text: str) -> None:
        if kind == ">" and text.startswith("/"):
            path = self._filled(text)
            self.devices[name] = await Device.open(self.server, ticket=path.partition("ticket=")[2])
        elif kind == ">":
            await self.devices[name].send_raw(self._filled(text))
        elif kind == "<":
            self._compare(json.loads(text), await self._next(name))
        elif kind == "-":
            device = self.devices[name]
            assert await device.closed() == int(text.removeprefix("closed ")), device.frames

    def whose(self, text: str) -> tuple[str, str]:
        """(name, the rest); without a name it is the first person's device."""
        name, _, rest = text.partition(" ")
        return (name, rest) if name in self.people else (next(iter(self.people)), text)

    async def _request(self, text: str) -> None:
        name, method, path, *body = self._filled(text).split(" ", 3)
        given = json.loads(body[0]) if body else None
        path = path.removeprefix("/api/v1/")
        self.answer = await self.circle.call(self.people[name], method, path, given)
        self.answers.setdefault(name, []).append(self.answer)

    async def _next(self, name: str) -> Any:
        device, want = self.devices[name], self.read.get(name, 0)
        self.read[name] = want + 1
        await device.until(lambda _: len(self._frames(device)) > want, patience=self.patience_s)
        return self._frames(device)[want]

    def _frames(self, device: Device) -> list[Any]:
        return device.unpacked if self.unpacks else device.frames

    def _compare(self, expected: Any, found: Any) -> None:
        told = difference(expected, found, self.known)
        assert told is None, f"{told}\nThe whole answer: {json.dumps(found, ensure_ascii=False)}"

    def _filled(self, text: str) -> str:
        """`text` with the names that are known; a `client_id…` met for the first time is made."""

        def value(match: re.Match[str]) -> str:
            if match[1].startswith("client_id"):
                self.known.setdefault(match[1], client_id())
            return self.known[match[1]]

        return _NAME.sub(value, text)
