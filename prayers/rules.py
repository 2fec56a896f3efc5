"""What may stand in a prayer: checks without a query. All raise Invalid with the field."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from prayermap.lib.errors import invalid
from prayermap.lib.text import check_name, is_blank

from .places import Place, coarse
from .schemas import CreateResponse

Degrees = float | UnsetType | None


def checked_name(field: str, value: str) -> str:
    """A title or the name of a place as it is stored."""
    try:
        return check_name(value)
    except ValueError as error:
        raise invalid(**{field: str(error)}) from None


def checked_place_name(value: str) -> str:
    return checked_name("place_name", value) if value else ""


def check_body(value: str) -> None:
    if is_blank(value):
        raise invalid(body="Must contain something visible.")


def place_of(latitude: Degrees, longitude: Degrees) -> Place | None:
    """The coarse place; None for none. Both coordinates, or neither."""
    if isinstance(latitude, float) and isinstance(longitude, float):
        return coarse(latitude, longitude)
    if latitude is longitude:
        return None
    missing = "longitude" if isinstance(latitude, float) or longitude is UNSET else "latitude"
    raise invalid(**{missing: "Latitude and longitude belong together."})


def check_response(body: CreateResponse) -> None:
    if body.kind == "prayed":
        if body.content is not None:
            raise invalid(content="A response of kind prayed takes no content.")
    elif body.content is None:
        raise invalid(content="This field is required.")
    elif is_blank(body.content):
        raise invalid(content="Must contain something visible.")


def place_columns(place: Place | None) -> dict[str, Any]:
    """A place as the functions of PostgreSQL take it."""
    return {
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
    }
