"""The squares in which the map is counted: stretches of the curve along which PostgreSQL keeps places (sql/0001_places).

A square of level n is 2^n hundredths of a degree wide and high. They lie where they lie, whatever box is asked for, so
that a cluster stays the same while somebody moves the map.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .places import MERIDIAN, POLE, Box

#: So many squares at most cover a box, so that an answer costs the same wherever it is looked.
MOST = 256
_HIGHEST = 16


class Square(NamedTuple):
    """`column` from the 180th meridian eastwards, `row` from the south pole, both in squares of this level."""

    level: int
    column: int
    row: int

    @property
    def low(self) -> int:
        """The first place of the square along the curve; it has 4^level of them."""
        return (_spread(self.column) | _spread(self.row) << 1) << 2 * self.level

    @property
    def name(self) -> str:
        return f"{self.level}/{self.column}/{self.row}"

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Its western, southern, eastern and northern ends, in hundredths of a degree."""
        size = 1 << self.level
        west, south = self.column * size - MERIDIAN, self.row * size - POLE
        return west, south, min(west + size, MERIDIAN), min(south + size, POLE)


def cover(box: Box, most: int = MOST) -> list[Square]:
    """The smallest squares of which at most `most` cover the box; none for a box without a place in it."""
    level = next(level for level in range(_HIGHEST + 1) if _count(box, level) <= most or level == _HIGHEST)
    return list(dict.fromkeys(_squares(box, level)))


def _ranges(box: Box, level: int) -> Iterator[tuple[range, range]]:
    rows = range(box.south + POLE >> level, (box.north + POLE >> level) + 1)
    for west, east in box.parts:
        if west <= east and box.south <= box.north:
            yield range(west + MERIDIAN >> level, (east + MERIDIAN >> level) + 1), rows


def _count(box: Box, level: int) -> int:
    return sum(len(columns) * len(rows) for columns, rows in _ranges(box, level))


def _squares(box: Box, level: int) -> Iterator[Square]:
    for columns, rows in _ranges(box, level):
        for column in columns:
            for row in rows:
                yield Square(level, column, row)


def _spread(number: int) -> int:
    """The bits of a number, each followed by an empty one: PostgreSQL's spread_bits()."""
    return sum((number >> bit & 1) << 2 * bit for bit in range(_HIGHEST + 1))
