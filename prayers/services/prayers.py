"""Post a prayer, change it, delete it."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from msgspec import UNSET
from psycopg.types.json import Jsonb

from accounts.services.client_keys import earlier_result, remember
from notifications.enums import Kind
from notifications.services.opening import tell_opened
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call, call_scalar
from prayermap.lib.ids import uuid7, uuid7_of_hour
from prayermap.lib.rate import hit
from prayers import schemas
from prayers.events import publish_map
from prayers.following import followed
from prayers.queries.prayers import prayer_object
from prayers.rules import check_body, checked_name, checked_place_name, place_columns, place_of
from prayers.services.outcomes import check_outcome

_EVERYWHERE = UUID(int=0)  # the scope of a prayer's client_id
#: What the map shows of a prayer; the columns of its place are patched together.
_ON_MAP = frozenset({"kind", "title", "place_name", "status", "latitude"})


def post_prayer(*, body: schemas.CreatePrayer) -> schemas.CreatedPrayer:
    """A new prayer of the person who acts. Raises Invalid, ClientIdReused, RateLimited."""
    if earlier := earlier_result(body.client_id, _EVERYWHERE, body):
        return _created(earlier, duplicate=True)
    request = _request(body)
    hit("prayers", str(current_user_id()))
    prayer_id = uuid7_of_hour() if body.is_anonymous else uuid7()
    call("post_prayer", Jsonb(request | {"id": str(prayer_id)}), types="jsonb")
    remember(body.client_id, _EVERYWHERE, body, prayer_id)
    if body.latitude is not None:
        publish_map(prayers=[prayer_id])
    return _created(prayer_id, duplicate=False)


def change_prayer(*, prayer_id: UUID, body: schemas.PatchPrayer) -> schemas.Prayer:
    """For its author; `status` may go any way. Raises NotFound, Forbidden, Invalid."""
    patch = _patch(body)
    with followed(prayer_id) if "title" in patch else nullcontext():
        (result,) = call("change_prayer", prayer_id, Jsonb(patch), types="uuid jsonb")
        check_outcome(result.outcome)
    if _ON_MAP & patch.keys():
        moves = "latitude" in patch
        publish_map(prayers=[prayer_id], has_left=moves, with_lines=moves or "status" in patch)
    if result.is_newly_answered:
        transaction.on_commit(partial(tell_opened, kind=Kind.PRAYER_ANSWERED, subject=prayer_id))
    return prayer_object(prayer_id)


def delete_prayer(*, prayer_id: UUID) -> None:
    """For its author; its responses go with it, its lines are hidden. Raises NotFound, Forbidden."""
    with followed(prayer_id):
        check_outcome(call_scalar("delete_prayer", prayer_id, types="uuid"))
    publish_map(prayers=[prayer_id], has_left=True)


def _created(prayer_id: UUID, *, duplicate: bool) -> schemas.CreatedPrayer:
    prayer = prayer_object(prayer_id)
    return schemas.CreatedPrayer(**msgspec.structs.asdict(prayer), duplicate=duplicate)


def _request(body: schemas.CreatePrayer) -> dict[str, Any]:
    check_body(body.body)
    return {
        "is_anonymous": body.is_anonymous,
        "kind": body.kind,
        "title": checked_name("title", body.title),
        "body": body.body,
        "place_name": checked_place_name(body.place_name),
        **place_columns(place_of(body.latitude, body.longitude)),
    }


def _patch(body: schemas.PatchPrayer) -> dict[str, Any]:
    """What was given, as it is stored."""
    given = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
    if body.title is not UNSET:
        given["title"] = checked_name("title", body.title)
    if body.body is not UNSET:
        check_body(body.body)
    if body.place_name is not UNSET:
        given["place_name"] = checked_place_name(body.place_name)
    if body.latitude is not UNSET or body.longitude is not UNSET:
        given |= place_columns(place_of(body.latitude, body.longitude))
    return given
