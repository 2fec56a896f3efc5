"""Squares cover a box, and lie along the curve where PostgreSQL puts its places."""

import random

import pytest

from prayers.places import WORLD, Box, read_box
from prayers.squares import MOST, cover
from tests.messaging.lines import owner

BOXES = {
    "the world": "-180,-90,180,90",
    "a city": "36.6,-1.45,37.1,-1.15",
    "a place": "35.2,31.7,35.2,31.7",
    "around the antimeridian": "170,-20,-170,10",
    "almost all of it": "-170,-80,-171,80",
    "a row": "-180,0,180,0",
    "up to the antimeridian": "179,-1,180,1",
}


def covers(box: Box, latitude: int, longitude: int) -> bool:
    for square in cover(box):
        west, south, east, north = square.bounds
        if west <= longitude < east and south <= latitude < max(north, south + 1):
            return True
    return False


@pytest.mark.parametrize("name", BOXES)
def test_squares_cover_the_box_and_are_few(name):
    box = read_box(BOXES[name])
    squares = cover(box)
    assert 0 < len(squares) <= MOST
    assert len({square.low for square in squares}) == len(squares)
    draw = random.Random(name)
    for _ in range(50):
        west, east = draw.choice(box.parts)
        assert covers(box, draw.randint(box.south, min(box.north, 8_999)), draw.randint(west, east))


def test_a_box_between_two_places_has_none():
    assert cover(read_box("0.001,0.001,0.002,0.002")) == []


@pytest.mark.django_db
def test_a_square_starts_where_postgresql_counts_it():
    squares = [square for text in BOXES.values() for square in cover(read_box(text))] + cover(WORLD)
    rows = owner(
        "SELECT cell_at(x, y) AS low FROM unnest(%s::bigint[], %s::bigint[]) AS s(x, y)",
        [square.column << square.level for square in squares],
        [square.row << square.level for square in squares],
    )
    assert [row.low for row in rows] == [square.low for square in squares]
