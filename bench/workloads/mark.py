"""The text of a measured message: which run, which slot, which number, when it left."""

from __future__ import annotations

import secrets
import time

#: As in the peers' benchmark: 60 characters, the length of a short sentence.
LENGTH = 60


class Marker:
    """Texts of one run, told from those of any other by their first nine characters."""

    def __init__(self) -> None:
        self.head = f"~{secrets.token_hex(4)}"
        self._head = self.head.encode()

    def text(self, slot: int, number: int) -> str:
        return f"{self.head} {slot:04d} {number:08d} {time.perf_counter_ns():019d} ".ljust(LENGTH, "x")

    def ours(self, content: bytes) -> bool:
        return content.startswith(self._head)

    @staticmethod
    def age_ms(content: bytes) -> float:
        """How long ago the text left, in milliseconds."""
        return (time.perf_counter_ns() - int(content[24:43])) / 1e6

    @staticmethod
    def number(content: bytes) -> int:
        return int(content[15:23])
