"""What one device knows of its conversations: the last `rev` applied, and how a hole shows.

Pure bookkeeping without input or output. Every durable change of a conversation steps its `rev` by one, so a
change with `rev` two or more above the last one applied means that something was missed. Changes that came too
early wait; either the missing one still arrives, or `changes` brings it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]


@dataclass
class Copy:
    """One conversation: messages by `seq`, and changes by `rev` that wait for an earlier one."""

    rev: int = 0
    epoch: Any = None
    messages: dict[int, Message] = field(default_factory=dict)
    early: dict[int, Message | None] = field(default_factory=dict)


class Replica:
    """All conversations of a device. `on_message(conversation, message)` is called once for each, in order."""

    def __init__(self, on_message: Callable[[str, Message], None]) -> None:
        self.copies: dict[str, Copy] = {}
        self.on_message = on_message

    def copy(self, conversation: str) -> Copy:
        return self.copies.setdefault(conversation, Copy())

    def positions(self) -> dict[str, int]:
        """What `sync` asks for: the last `rev` applied in each conversation."""
        return {conversation: copy.rev for conversation, copy in self.copies.items()}

    def learn(self, conversation: str, rev: int, message: Message | None = None) -> bool:
        """One change as it came over the socket. Returns whether a hole lies before it."""
        copy = self.copy(conversation)
        if rev > copy.rev:
            copy.early[rev] = message
            self._catch_up(conversation, copy)
        return bool(copy.early)

    def repair(self, conversation: str, changes: dict[str, Any]) -> bool:
        """One answer of `changes`, applied. Returns whether more is to be asked for."""
        copy = self.copy(conversation)
        if changes["reset"]:
            self.forget(conversation)
            return True
        # A message that this person removed for themselves comes as its `seq` and `state` alone.
        newest = changes["to_rev"]
        fresh = [message for message in changes["messages"] if message.get("rev", newest) > copy.rev]
        for message in sorted(fresh, key=lambda message: int(message["seq"])):
            self._apply(conversation, copy, message)
        copy.rev = max(copy.rev, newest)
        self._catch_up(conversation, copy)
        return not changes["complete"]

    def forget(self, conversation: str) -> None:
        """Drop a copy that the server no longer vouches for; it is loaded again from the start."""
        self.copies[conversation] = Copy()

    def _catch_up(self, conversation: str, copy: Copy) -> None:
        for rev in [rev for rev in copy.early if rev <= copy.rev]:
            del copy.early[rev]
        while copy.rev + 1 in copy.early:
            copy.rev += 1
            message = copy.early.pop(copy.rev)
            if message is not None:
                self._apply(conversation, copy, message)

    def _apply(self, conversation: str, copy: Copy, message: Message) -> None:
        is_new = message["seq"] not in copy.messages
        copy.messages[message["seq"]] = message
        if is_new:
            self.on_message(conversation, message)
