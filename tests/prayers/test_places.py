"""Places to about a kilometre, and boxes of them."""

import math
import random

import pytest

from prayers.places import WORLD, Box, coarse, longitude_step, read_box
from tests.messaging.lines import owner


@pytest.mark.parametrize(
    ("degrees", "place"),
    [
        ((31.7054, 35.2024), (3171, 3520)),
        ((-1.2921, 36.8219), (-129, 3682)),
        ((0.0, 0.0), (0, 0)),
        ((-0.004, 0.004), (0, 0)),
        ((10.0, 180.0), (1000, -18000)),  # one meridian, one name
        ((10.0, -180.0), (1000, -18000)),
        ((10.0, 179.996), (1000, -18000)),
        ((64.1466, -21.9426), (6415, -2194)),
        ((78.2232, 15.6267), (7822, 1600)),
        ((90.0, 12.3), (9000, 1200)),
        ((-90.0, -180.0), (-9000, -18000)),
    ],
)
def test_a_place_is_rounded(degrees, place):
    assert coarse(*degrees) == place


def test_two_neighbouring_places_are_about_a_kilometre_apart():
    for row in range(-8_500, 8_501):
        east = longitude_step(row) / 100 * 111.32 * math.cos(math.radians(row / 100))
        assert 0.7 <= east < 25, row


def test_what_python_makes_postgresql_takes_and_nothing_finer(db):
    rng = random.Random(7)
    places = [coarse(rng.uniform(-90, 90), rng.uniform(-180, 180)) for _ in range(2_000)]
    statement = "SELECT count(*) FROM unnest(%s::int[], %s::int[]) AS p(a, b) WHERE is_coarse(a, b)"
    rows, columns = [p.latitude for p in places], [p.longitude for p in places]
    assert owner(statement, rows, columns)[0].count == 2_000
    assert owner(statement, [5000, 7000, 8000, 9001, 0, 0], [1, 2, 50, 0, 18000, -18001])[0].count == 0
    twins = owner("SELECT n, longitude_step(n) AS step FROM generate_series(-9000, 9000) n")
    assert [row.n for row in twins if longitude_step(row.n) != row.step] == []


def test_cells_of_a_bigger_square_are_one_stretch_of_the_curve(db):
    """Each cell has a number of its own, and those of a square of four by four are sixteen in a row."""
    rows = owner(
        "SELECT cell_at(x, y) AS cell, cell_at(x / 4, y / 4) AS big FROM generate_series(0, 31) x, generate_series(0, 31) y"
    )
    assert len({row.cell for row in rows}) == 1_024
    assert [row for row in rows if row.cell // 16 != row.big] == []
    (corner,) = owner("SELECT cell_of(9000, 17999) AS cell")
    assert corner.cell < 2**32


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("-180,-90,180,90", WORLD._replace(parts=((-18000, 17999),))),
        ("1.1,-10.05,20,10.05", Box(-1005, 1005, ((110, 2000),))),
        ("170,0,-170,10", Box(0, 1000, ((17000, 17999), (-18000, -17000)))),
        ("170,0,180,10", Box(0, 1000, ((17000, 17999), (-18000, -18000)))),
        ("180,0,180,10", Box(0, 1000, ((18000, 17999), (-18000, -18000)))),
        (" 1.001 , 1.001 , 1.999 , 1.999 ", Box(101, 199, ((101, 199),))),
    ],
)
def test_a_box_is_read(text, box):
    assert read_box(text) == box


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "nan,0,1,1", "0,0,inf,1", "0,5,1,4", "-181,0,1,1", "0,-91,1,1",
             "0,0,1e2,1", "٣,0,4,1", "0,0,1,1;--", "1,1,1"]
)  # fmt: skip
def test_what_is_no_box_is_refused(text):
    with pytest.raises(ValueError, match=r"Must be|go from|must not"):
        read_box(text)


def test_a_box_around_the_antimeridian_holds_both_sides():
    box = read_box("170,-10,-170,10")
    assert [box.holds(0, longitude) for longitude in (17500, -18000, -17500, 0)] == [True, True, True, False]
    assert not box.holds(1001, 17500)
