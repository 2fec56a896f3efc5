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
Member = dict[str, Any]
#: The parts of a message that are each viewer's own; frames for everybody leave them out.
PERSONAL = ("is_starred", "duplicate")
#: The state of a message that this person deleted for themselves.
REMOVED = "removed"


@dataclass
class Change:
    """What one `rev` brought, as far as it was told: a message's new state, a member's, or neither."""

    message: Message | None = None
    member: Member | None = None


@dataclass
class Copy:
    """One conversation: messages by `seq`, members and marks by id, and changes that wait for an earlier one by `rev`."""

    rev: int = 0
    epoch: Any = None
    messages: dict[int, Message] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    early: dict[int, Change] = field(default_factory=dict)
    #: The newest `rev` that the server spoke of without saying what it brought.
    told: int = 0

    @property
    def has_hole(self) -> bool:
        return bool(self.early) or self.rev < self.told


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

    def learn(
        self, conversation: str, rev: int, message: Message | None = None, member: Member | None = None
    ) -> bool:
        """One change as it came over the socket. Returns whether a hole lies before it."""
        copy = self.copy(conversation)
        if rev > copy.rev:
            copy.early[rev] = Change(message, member)
            self._catch_up(conversation, copy)
        return copy.has_hole

    def hear(self, conversation: str, rev: int) -> bool:
        """This conversation has come to `rev`. Returns whether something of it is not known here."""
        copy = self.copy(conversation)
        copy.told = max(copy.told, rev)
        return copy.has_hole

    def mark(self, conversation: str, member: str, delivered: int, read: int) -> None:
        """A member's marks; they only move forward, so the order of their frames doesn't matter."""
        marks = self.copy(conversation).marks
        known = marks.get(member, (0, 0))
        marks[member] = (max(known[0], delivered), max(known[1], read))

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
        if newest >= copy.rev:
            copy.members.update({member["id"]: member for member in changes["members"]})
        for receipt in changes["receipts"]:
            self.mark(conversation, receipt["member"], receipt["delivered_seq"], receipt["read_seq"])
        copy.rev = max(copy.rev, newest)
        self._catch_up(conversation, copy)
        return not changes["complete"]

    def remove(self, conversation: str, seq: int) -> None:
        """This person deleted it for themselves, on whichever of their devices: it never comes back."""
        self.copy(conversation).messages[seq] = {"seq": seq, "state": REMOVED}

    def reread(self, conversation: str, messages: list[Message]) -> None:
        """Take what is this person's own from messages that are held already."""
        for message in messages:
            if message["state"] == REMOVED:
                self.remove(conversation, message["seq"])

    def forget(self, conversation: str) -> None:
        """Drop a copy that the server no longer vouches for; it is loaded again from the start."""
        self.copies[conversation] = Copy()

    def _catch_up(self, conversation: str, copy: Copy) -> None:
        for rev in [rev for rev in copy.early if rev <= copy.rev]:
            del copy.early[rev]
        while copy.rev + 1 in copy.early:
            copy.rev += 1
            change = copy.early.pop(copy.rev)
            if change.message is not None:
                self._apply(conversation, copy, change.message)
            if change.member is not None:
                copy.members[change.member["id"]] = change.member

    def _apply(self, conversation: str, copy: Copy, message: Message) -> None:
        held = copy.messages.get(message["seq"])
        if held is not None and held["state"] == REMOVED:
            return
        is_new = held is None
        copy.messages[message["seq"]] = {key: value for key, value in message.items() if key not in PERSONAL}
        if is_new:
            self.on_message(conversation, message)
