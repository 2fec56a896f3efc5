"""Responses to a prayer as the person who acts sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from prayermap.lib.db import call
from prayermap.lib.errors import NotFound
from prayers import schemas
from prayers.models import PrayerResponse
from prayers.queries.prayers import SOMEONE

_COLUMNS = ("id", "prayer_id", "author_id", "is_anonymous", "kind", "content", "created_at")


def visible_responses() -> QuerySet[PrayerResponse]:
    """All but those that a moderator took out of sight, or whose prayer is (row-level security)."""
    return PrayerResponse.objects.only(*_COLUMNS)


def response_object(response_id: UUID) -> schemas.PrayerResponse:
    """Raises NotFound."""
    row = visible_responses().filter(pk=response_id).first()
    if row is None:
        raise NotFound
    return response_objects([row])[0]


def response_objects(rows: Sequence[PrayerResponse]) -> list[schemas.PrayerResponse]:
    """One more statement, for the authors' names."""
    ids = [row.pk for row in rows]
    faces = {face.id: face for face in call("response_faces", ids, types="uuid[]")} if ids else {}
    return [_object(row, faces.get(row.pk)) for row in rows]


def responses_page(prayer_id: UUID, before: UUID | None, most: int) -> list[PrayerResponse]:
    """Newest first, below `before`. Two statements."""
    ids = [row[0] for row in call("responses_page", prayer_id, before, most, types="uuid uuid int")]
    rows = visible_responses().in_bulk(ids) if ids else {}
    return [rows[id_] for id_ in ids if id_ in rows]


def _object(row: PrayerResponse, face: Any) -> schemas.PrayerResponse:
    return schemas.PrayerResponse(
        id=row.pk,
        prayer=row.prayer_id,
        author=row.author_id,
        author_name=face.name if face else SOMEONE,
        is_mine=bool(face and face.is_mine),
        is_anonymous=row.is_anonymous,
        kind=row.kind,  # type: ignore[arg-type]  # a constraint keeps it one of them
        content=row.content,
        created_at=row.created_at,
    )
