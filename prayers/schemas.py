"""Prayers and responses as clients see them and as they send them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

KindName = Literal["request", "intercession", "thanksgiving", "praise"]
StatusName = Literal["open", "answered", "closed"]
ResponseKindName = Literal["text", "prayed"]
Name = Annotated[str, Meta(max_length=200)]  # checked as a name (1 to 100) after normalisation
Text = Annotated[str, Meta(max_length=5_000)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]


class Prayer(msgspec.Struct, kw_only=True):
    """A prayer. An anonymous one has no author, and its times are whole hours.

    `latitude` and `longitude` are rounded to about a kilometre, null for a prayer without a place.
    """

    id: UUID
    author: UUID | None
    author_name: str
    is_mine: bool
    is_anonymous: bool
    kind: KindName
    title: str
    body: str
    latitude: float | None
    longitude: float | None
    place_name: str
    status: StatusName
    answered_at: datetime | None
    response_count: int
    prayed_count: int
    created_at: datetime


class CreatedPrayer(Prayer, kw_only=True):
    """The answer to a POST; `duplicate` when this very request had made it before."""

    duplicate: bool


class PrayerPage(msgspec.Struct):
    """Newest first."""

    results: list[Prayer]
    next: str | None
    previous: str | None


class CreatePrayer(msgspec.Struct, forbid_unknown_fields=True):
    """A new prayer. `latitude` and `longitude` belong together; they are rounded before anything is stored."""

    title: Name
    body: Text
    kind: KindName = "request"
    is_anonymous: bool = False
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    place_name: Name = ""
    client_id: UUID | None = None


class PatchPrayer(msgspec.Struct, forbid_unknown_fields=True):
    """Both coordinates as null take the prayer off the map. Whether it is anonymous can't be changed."""

    title: Name | UnsetType = UNSET
    body: Text | UnsetType = UNSET
    kind: KindName | UnsetType = UNSET
    latitude: Latitude | UnsetType | None = UNSET
    longitude: Longitude | UnsetType | None = UNSET
    place_name: Name | UnsetType = UNSET
    status: StatusName | UnsetType = UNSET


class PrayerResponse(msgspec.Struct, kw_only=True):
    """A response. An anonymous one has no author, and its time is a whole hour."""

    id: UUID
    prayer: UUID
    author: UUID | None
    author_name: str
    is_mine: bool
    is_anonymous: bool
    kind: ResponseKindName
    content: str | None
    created_at: datetime


class CreatedResponse(PrayerResponse, kw_only=True):
    """The answer to a POST; `duplicate` when this very request had made it before."""

    duplicate: bool


class ResponsePage(msgspec.Struct):
    """Newest first."""

    results: list[PrayerResponse]
    next: str | None
    previous: str | None


class CreateResponse(msgspec.Struct, forbid_unknown_fields=True):
    """`text` takes content, `prayed` ("I prayed") none."""

    kind: ResponseKindName = "text"
    content: Text | None = None
    is_anonymous: bool = False
    client_id: UUID | None = None
