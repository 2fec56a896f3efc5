"""The Living Map within a box. Whoever looks sees the same: blocks, names and what is one's own play no part."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from prayermap.lib.db import call
from prayers.map_schemas import Cluster, Feature, LineOnMap, LineString, Point, PrayerOnMap
from prayers.models import Prayer
from prayers.places import Box, degrees
from prayers.queries.prayers import visible_prayers
from prayers.squares import Square, cover

#: So many prayers are shown one by one, so many lines at all. Of a square no more than SEEN are counted.
PRAYERS, LINES, SEEN = 500, 500, 1_000
#: Of all that changed since a time, the newest so many are looked at.
REACH = 20_000
_BOX_TYPES = "int int int[] int"


class Found(NamedTuple):
    features: list[Feature]
    is_complete: bool


def map_of(box: Box) -> Found:
    """All prayers in the box, in clusters where they are many, and lines with an end in it. Five statements at most.

    A square at the edge with a thousand prayers counts whole.
    """
    squares = cover(box)
    if not squares:
        return Found([], is_complete=True)
    single, clusters = _prayers(box, squares)
    lines, is_complete = _lines(box, squares)
    return Found([*clusters, *prayer_features(single), *lines], is_complete)


def map_since(box: Box, since: datetime) -> Found:
    """What came or changed in or after the hour of `since`, without clusters. Three statements.

    Hours, since that is all that is known of what is anonymous.
    """
    rows = call(
        "map_changed_prayers", since, *_ends(box), PRAYERS, REACH, types=f"timestamptz {_BOX_TYPES} int"
    )
    found = call("map_changed_lines", since, *_ends(box), LINES, types=f"timestamptz {_BOX_TYPES}")
    lines = [line_feature(row) for row in _in_order(found)]
    is_complete = bool(rows and rows[0].is_all) and len(lines) <= LINES
    ids = [row.id for row in rows if row.id is not None]
    return Found([*prayer_features(ids), *lines[:LINES]], is_complete)


def prayer_features(ids: Iterable[UUID]) -> list[Feature]:
    """Of those that are on the map, newest first. One statement."""
    rows = visible_prayers().filter(pk__in=list(ids), grid_latitude__isnull=False).order_by("-id")
    return [_prayer_feature(row) for row in rows]


def map_changes(prayers: list[UUID], lines: list[UUID], lines_of: list[UUID]) -> Found:
    """These prayers, these lines and those of these prayers, as far as they are on the map. Two statements.

    Nothing of what isn't; not complete where there are more than LINES lines.
    """
    told = (
        call("map_told_lines", lines, lines_of, LINES, types="uuid[] uuid[] int") if lines or lines_of else []
    )
    found = prayer_features(prayers) if prayers else []
    return Found([*found, *map(line_feature, _in_order(told))], len(told) <= LINES)


def line_feature(row: Any) -> Feature:
    """Of a row of `map_line`."""
    ends = (
        _position(row.from_latitude, row.from_longitude),
        _position(row.to_latitude, row.to_longitude),
    )
    return Feature(str(row.id), LineString(ends), LineOnMap(row.prayer_id, row.created_at, row.expires_at))


def _prayers(box: Box, squares: list[Square]) -> tuple[list[UUID], list[Feature]]:
    """Those to show one by one, and clusters of the others."""
    by_low = {square.low: square for square in squares}
    types = f"bigint[] bigint {_BOX_TYPES}"
    found = call("map_squares", list(by_low), _span(squares), *_ends(box), SEEN, types=types)
    is_sparse = sum(row.seen for row in found) <= PRAYERS
    alone = [row.low for row in found if is_sparse or (row.seen < SEEN and row.inside == 1)]
    single = call("map_prayers", alone, _span(squares), *_ends(box), SEEN, types=types) if alone else []
    clusters = [
        _cluster(by_low[row.low], row)
        for row in found
        if not is_sparse and (row.inside > 1 or row.seen == SEEN)
    ]
    return [row[0] for row in single], sorted(clusters, key=lambda one: one.id)


def _lines(box: Box, squares: list[Square]) -> tuple[list[Feature], bool]:
    """All of them, or some of each square; whether they are all."""
    lows, span = [square.low for square in squares], _span(squares)
    (there,) = call("map_line_ends", lows, span, LINES + 1, types="bigint[] bigint int")
    if not there.ends:
        return [], True
    is_all = there.ends <= LINES
    most = LINES if is_all else -(-LINES // there.squares)
    rows = call("map_lines", lows, span, *_ends(box), most, types=f"bigint[] bigint {_BOX_TYPES}")
    return [line_feature(row) for row in _in_order(rows)][:LINES], is_all


def _in_order(rows: list[Any]) -> list[Any]:
    """By id, newest first: PostgreSQL's own order would tell what was written together."""
    return sorted(rows, key=lambda row: row.id, reverse=True)


def _span(squares: list[Square]) -> int:
    return int(4 ** squares[0].level)


def _ends(box: Box) -> tuple[int, int, list[int]]:
    return box.south, box.north, box.meridians


def _position(latitude: int, longitude: int) -> tuple[float, float]:
    return degrees(longitude), degrees(latitude)


def _cluster(square: Square, row: Any) -> Feature:
    west, south, east, north = square.bounds
    is_exact = row.seen < SEEN
    middle = (
        _position(row.latitude, row.longitude)
        if row.inside
        else _position((south + north) // 2, (west + east) // 2)
    )
    bounds = (degrees(west), degrees(south), degrees(east), degrees(north))
    return Feature(square.name, Point(middle), Cluster(row.inside if is_exact else SEEN, is_exact, bounds))


def _prayer_feature(row: Prayer) -> Feature:
    assert row.grid_latitude is not None
    assert row.grid_longitude is not None
    properties = PrayerOnMap(
        is_anonymous=row.is_anonymous,
        kind=row.kind,  # type: ignore[arg-type]  # a constraint keeps it one of them
        title=row.title,
        place_name=row.place_name,
        status=row.status,  # type: ignore[arg-type]
        answered_at=row.answered_at,
        response_count=row.response_count,
        prayed_count=row.prayed_count,
        created_at=row.created_at,
    )
    return Feature(str(row.pk), Point(_position(row.grid_latitude, row.grid_longitude)), properties)
