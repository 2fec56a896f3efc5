"""A clean file as a list of parts: stretches of the old one, new bytes, zeros. The list is short, the file may be long."""

from __future__ import annotations

from typing import BinaryIO, NamedTuple

from .unfit import Unreadable

_BLOCK = 262_144


class Stretch(NamedTuple):
    """`length` bytes of the old file from `start` on."""

    start: int
    length: int


class Zeros(NamedTuple):
    length: int


class Source:
    """The old file, read at any place."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, 2)

    def at(self, start: int, length: int) -> bytes:
        """Exactly these bytes. Raises Unreadable where the file ends before."""
        found = self.up_to(start, length)
        if len(found) < length:
            raise Unreadable("The file is cut off.")
        return found

    def up_to(self, start: int, length: int) -> bytes:
        """These bytes, fewer at the end of the file."""
        self._file.seek(start)
        return self._file.read(length)


class Parts:
    """Collects the parts of the new file in order; neighbouring stretches become one."""

    def __init__(self) -> None:
        self._parts: list[bytes | Stretch | Zeros] = []

    def keep(self, start: int, length: int) -> None:
        last = self._parts[-1] if self._parts else None
        if isinstance(last, Stretch) and last.start + last.length == start:
            self._parts[-1] = Stretch(last.start, last.length + length)
        elif length:
            self._parts.append(Stretch(start, length))

    def put(self, new: bytes) -> None:
        self._parts.append(new)

    def blank(self, length: int) -> None:
        if length:
            self._parts.append(Zeros(length))

    def write(self, source: Source, target: BinaryIO) -> None:
        """Write the new file, a block at a time."""
        for part in self._parts:
            if isinstance(part, Stretch):
                target.writelines(
                    source.at(start, min(_BLOCK, part.start + part.length - start))
                    for start in range(part.start, part.start + part.length, _BLOCK)
                )
            elif isinstance(part, Zeros):
                target.writelines(
                    bytes(min(_BLOCK, part.length - start)) for start in range(0, part.length, _BLOCK)
                )
            else:
                target.write(part)
