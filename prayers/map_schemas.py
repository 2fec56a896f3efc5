"""What is on the Living Map, as GeoJSON (RFC 7946): the same for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from prayers.schemas import KindName, StatusName

#: Longitude and latitude in degrees, in this order.
Position = tuple[float, float]
Bounds = tuple[float, float, float, float]


class Point(msgspec.Struct, tag_field="type", tag="Point"):
    coordinates: Position


class LineString(msgspec.Struct, tag_field="type", tag="LineString"):
    """The two ends of a great circle, equal where nobody shared the other one."""

    coordinates: tuple[Position, Position]


class PrayerOnMap(msgspec.Struct, tag_field="type", tag="prayer"):
    """A prayer without its words and its author; the rest is in `prayers/{id}/`. Of an anonymous one times are hours."""

    is_anonymous: bool
    kind: KindName
    title: str
    place_name: str
    status: StatusName
    answered_at: datetime | None
    response_count: int
    prayed_count: int
    created_at: datetime


class Cluster(msgspec.Struct, tag_field="type", tag="cluster"):
    """Several prayers of one square; `count` is exact up to 999."""

    count: int
    is_exact: bool
    #: West, south, east and north of the square: ask for it to see more.
    bbox: Bounds


class LineOnMap(msgspec.Struct, tag_field="type", tag="line"):
    """A memorial line. It names nobody, and its times are hours."""

    prayer: UUID
    created_at: datetime
    expires_at: datetime


class Feature(msgspec.Struct, tag_field="type", tag="Feature"):
    """A prayer or a cluster as a Point, a memorial line as a LineString. `id`: a UUID, or the name of a square."""

    id: str
    geometry: Point | LineString
    properties: PrayerOnMap | Cluster | LineOnMap


class MapView(msgspec.Struct, tag_field="type", tag="FeatureCollection"):
    """`is_complete` is false where lines were left out, or more has changed since than fits.

    `server_time` is what to give as `since` the next time.
    """

    bbox: Bounds
    features: list[Feature]
    is_complete: bool
    server_time: datetime


#: `west, south, east, north` in degrees.
BoxNumbers = tuple[
    Annotated[float, Meta(ge=-180, le=180)],
    Annotated[float, Meta(ge=-90, le=90)],
    Annotated[float, Meta(ge=-180, le=180)],
    Annotated[float, Meta(ge=-90, le=90)],
]


class MapNews(msgspec.Struct):
    """`map.updated`: what is new or has changed in the box that is watched, whole, and what isn't there any more.

    `removed` are ids of prayers, whose lines go with them, and of lines; they come before `features`. `reload`: this is
    not all; load the box anew.
    """

    features: list[Feature]
    removed: list[str]
    reload: bool | UnsetType = UNSET
