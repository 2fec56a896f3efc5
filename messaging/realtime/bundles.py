"""What a quiet client has waiting, without what later frames replace."""

from __future__ import annotations

from typing import Any

import msgspec

_encode = msgspec.json.Encoder().encode


class Bundle:
    """Frames on their way into one `batch`. Of frames that carry whole states, the newest stays, in its own place."""

    __slots__ = ("_collapsed", "_frames", "_number", "_revs", "size")

    def __init__(self) -> None:
        self.size = 0  # characters
        self._frames: dict[Any, str] = {}
        self._revs: dict[str, tuple[int, int]] = {}  # the first and the last rev of each conversation
        self._collapsed: set[str] = set()  # conversations of which a rev is left out
        self._number = 0

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, text: str, event: Any = None) -> None:
        """`event`, where it is one of a room or a person, says what the frame replaces (`replaces`)."""
        replaces = getattr(event, "replaces", "")
        conversation, rev = getattr(event, "conversation", ""), getattr(event, "rev", None)
        if replaces:
            key: Any = (conversation, replaces)
        else:
            key = self._number
            self._number += 1
        old = self._frames.pop(key, None)
        if old is not None:
            self.size -= len(old)
            if rev is not None:
                self._collapsed.add(conversation)
        self._frames[key] = text
        self.size += len(text)
        if rev is not None:
            self._revs[conversation] = self._revs.get(conversation, (rev, rev))[0], rev

    def take(self) -> str | None:
        """One `batch` frame of all that waits, which is forgotten; None for nothing.

        `revs`, where something was left out, says from which rev to which a conversation is complete in this batch.
        """
        if not self._frames:
            return None
        text = '{"type":"batch","data":{"frames":[' + ",".join(self._frames.values()) + "]"
        if self._collapsed:
            revs = {conversation: self._revs[conversation] for conversation in self._collapsed}
            text += ',"revs":' + _encode(revs).decode()
        self.clear()
        return text + "}}"

    def clear(self) -> None:
        self._frames.clear()
        self._revs.clear()
        self._collapsed.clear()
        self.size = 0
