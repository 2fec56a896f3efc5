"""Places on earth to about a kilometre, and boxes of them.

A place is two whole numbers, hundredths of a degree; what is finer is dropped before it reaches the database,
which can't hold it (sql/0001_places). Boxes are compared with these coarse places.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import NamedTuple

POLE, MERIDIAN = 9_000, 18_000
_FULL_CIRCLE = 2 * MERIDIAN
#: Degrees of latitude (in hundredths) up to which a step east is so many hundredths: never much less than a kilometre.
_STEPS = ((5_000, 1), (6_500, 2), (7_800, 4))
_POLAR_STEP = 100
_NUMBER = re.compile(r"[+-]?(\d{1,3})(\.\d{1,15})?", re.ASCII)


class Place(NamedTuple):
    """Hundredths of a degree; west of Greenwich and south of the equator negative. 180° is -180°."""

    latitude: int
    longitude: int


class Box(NamedTuple):
    """Southern and northern ends, and the western and eastern ends of one part or, around the antimeridian, two."""

    south: int
    north: int
    parts: tuple[tuple[int, int], ...]

    @property
    def meridians(self) -> list[int]:
        """The ends of both parts as PostgreSQL takes them; a part that isn't there is empty."""
        west, east = self.parts[1] if len(self.parts) > 1 else (1, 0)
        return [*self.parts[0], west, east]

    def holds(self, latitude: int, longitude: int) -> bool:
        return self.south <= latitude <= self.north and any(
            west <= longitude <= east for west, east in self.parts
        )


WORLD = Box(-POLE, POLE, ((-MERIDIAN, MERIDIAN - 1),))


def longitude_step(latitude: int) -> int:
    """Hundredths of a degree between two places side by side at this latitude (PostgreSQL's twin has its name)."""
    return next((step for limit, step in _STEPS if abs(latitude) < limit), _POLAR_STEP)


def coarse(latitude: float, longitude: float) -> Place:
    """The place nearest to these degrees, which are within their ranges."""
    row = round(latitude * 100)
    step = longitude_step(row)
    column = round(longitude * 100 / step) * step
    return Place(row, column - _FULL_CIRCLE if column >= MERIDIAN else column)


def degrees(hundredths: int) -> float:
    return hundredths / 100


def read_box(text: str) -> Box:
    """`west,south,east,north` in degrees; west above east is a box around the antimeridian (RFC 7946, section 5.2).

    Raises ValueError with the reason.
    """
    words = [word.strip() for word in text.split(",")]
    if len(words) != 4 or not all(_NUMBER.fullmatch(word) for word in words):
        raise ValueError("Must be west,south,east,north in degrees.")
    return make_box(*(Decimal(word) for word in words))


def box_of(numbers: tuple[float, float, float, float]) -> Box:
    """The same of four numbers: west, south, east and north. Raises ValueError with the reason."""
    return make_box(*(Decimal(str(number)) for number in numbers))


def make_box(west: Decimal, south: Decimal, east: Decimal, north: Decimal) -> Box:
    """The same of four numbers. Raises ValueError with the reason."""
    if not (abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90 and abs(north) <= 90):
        raise ValueError("Longitudes go from -180 to 180, latitudes from -90 to 90.")
    if south > north:
        raise ValueError("South must not lie above north.")
    left, right = math.ceil(west * 100), math.floor(east * 100)
    parts: tuple[tuple[int, int], ...]
    if west > east:
        parts = ((left, MERIDIAN - 1), (-MERIDIAN, right))
    elif right == MERIDIAN and left > -MERIDIAN:  # 180° is stored as -180°
        parts = ((left, MERIDIAN - 1), (-MERIDIAN, -MERIDIAN))
    else:
        parts = ((left, min(right, MERIDIAN - 1)),)
    return Box(math.ceil(south * 100), math.floor(north * 100), parts)
