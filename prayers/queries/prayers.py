"""Prayers as the person who acts sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from prayermap.lib.db import call
from prayermap.lib.errors import NotFound
from prayers import schemas
from prayers.models import Prayer
from prayers.places import Box, degrees

SOMEONE = "Someone"
#: What members may read of a row; PostgreSQL refuses the others.
_COLUMNS = (
    "id", "author_id", "is_anonymous", "kind", "title", "body", "grid_latitude", "grid_longitude", "place_name",
    "status", "answered_at", "response_count", "prayed_count", "created_at",
)  # fmt: skip


def visible_prayers() -> QuerySet[Prayer]:
    """All but those that a moderator took out of sight (row-level security)."""
    return Prayer.objects.only(*_COLUMNS)


def prayer_object(prayer_id: UUID) -> schemas.Prayer:
    """Raises NotFound."""
    row = visible_prayers().filter(pk=prayer_id).first()
    if row is None:
        raise NotFound
    return prayer_objects([row])[0]


def prayer_objects(rows: Sequence[Prayer]) -> list[schemas.Prayer]:
    """One more statement, for the authors' names."""
    ids = [row.pk for row in rows]
    faces = {face.id: face for face in call("prayer_faces", ids, types="uuid[]")} if ids else {}
    return [_object(row, faces.get(row.pk)) for row in rows]


def prayers_page(box: Box | None, before: UUID | None, most: int) -> list[Prayer]:
    """Newest first, below `before`, within the box. Two statements."""
    rows = call(
        "prayers_page",
        box.south if box else None,
        box.north if box else None,
        box.meridians if box else None,
        before,
        most,
        types="int int int[] uuid int",
    )
    return _in_order([row[0] for row in rows])


def my_prayers_page(before: UUID | None, most: int) -> list[Prayer]:
    """One's own, the anonymous ones too, newest first. Two statements."""
    return _in_order([row[0] for row in call("my_prayers_page", before, most, types="uuid int")])


def _in_order(ids: list[UUID]) -> list[Prayer]:
    rows = visible_prayers().in_bulk(ids) if ids else {}
    return [rows[id_] for id_ in ids if id_ in rows]


def _object(row: Prayer, face: Any) -> schemas.Prayer:
    return schemas.Prayer(
        id=row.pk,
        author=row.author_id,
        author_name=face.name if face else SOMEONE,
        is_mine=bool(face and face.is_mine),
        is_anonymous=row.is_anonymous,
        kind=row.kind,  # type: ignore[arg-type]  # a constraint keeps it one of them
        title=row.title,
        body=row.body,
        latitude=None if row.grid_latitude is None else degrees(row.grid_latitude),
        longitude=None if row.grid_longitude is None else degrees(row.grid_longitude),
        place_name=row.place_name,
        status=row.status,  # type: ignore[arg-type]
        answered_at=row.answered_at,
        response_count=row.response_count,
        prayed_count=row.prayed_count,
        created_at=row.created_at,
    )
