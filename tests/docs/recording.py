"""Writes the answers into a session whose deeds are written down: its `=` and `<` lines get what the server says."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.docs.pages import ROOT
from tests.docs.transcript import Replay, parse

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NAME = re.compile(r"<(?!time>)(\w+)>")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
#: Counted by the server, or set differently in the tests.
_NUMBERS = frozenset({"messages_per_minute", "ttl_ms"})


class Recorder(Replay):
    """Plays a session and keeps it as lines, with ids as names and times as `<time>`."""

    async def record(self, block: str) -> str:
        """The block with its answers. `= <name>=key.key …` names ids of the answer and prints it, `= ?` only prints it;
        printed lines are printed anew.
        """
        for person in self.people.values():
            self.known[person.name.lower()] = person.id
        lines = []
        for line in parse(block):
            kind, text = line.kind, line.text
            if kind == "=":
                text = self._answer(text)
            elif kind == "<":
                name, printed = self.whose(text)
                text = f"{name} {self._printed(await self._next(name), printed)}"
            else:
                await self._do(line)
            lines.append(("\n" if kind == "#" and lines else "") + f"{kind} {text}")
        return "\n".join(lines) + "\n"

    def _answer(self, text: str) -> str:
        for name, path in re.findall(r"<(\w+)>=(\S+)", text):
            value = self.answer
            for key in path.split("."):
                value = value[int(key)] if isinstance(value, list) else value[key]
            self.known[name] = value
        return self._printed(self.answer, text)

    def _printed(self, value: Any, before: str) -> str:
        """As JSON; names that it had before it keeps."""
        if before.startswith("{"):
            self._learn(json.loads(before), value)
        return json.dumps(self._named(value), ensure_ascii=False)

    def _learn(self, before: Any, value: Any) -> None:
        if isinstance(before, dict) and isinstance(value, dict):
            for key in before.keys() & value.keys():
                self._learn(before[key], value[key])
        elif isinstance(before, list) and isinstance(value, list):
            for one, other in zip(before, value, strict=False):
                self._learn(one, other)
        elif isinstance(before, str) and isinstance(value, str) and (name := _NAME.fullmatch(before)):
            self.known.setdefault(name[1], value)

    def _named(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {inner: self._named(one, inner) for inner, one in value.items()}
        if isinstance(value, list):
            return [self._named(one) for one in value]
        if key in _NUMBERS:
            return "<number>"
        if not isinstance(value, str):
            return value
        if _TIME.fullmatch(value):
            return "<time>"
        names = {id_: name for name, id_ in self.known.items()}
        if value not in names and (_UUID.fullmatch(value) or key == "ticket"):
            names[value] = f"id_{sum(name.startswith('id_') for name in self.known) + 1}"
            self.known[names[value]] = value
        return f"<{names[value]}>" if value in names else value


def rewrite(page: str, old: str, new: str) -> None:
    path = ROOT / page
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
