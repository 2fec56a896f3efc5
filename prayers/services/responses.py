"""Respond to a prayer."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import msgspec
from django.db import transaction
from psycopg.types.json import Jsonb

from accounts.services.client_keys import earlier_result, remember
from notifications.enums import Kind
from notifications.services.opening import tell_opened
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call_scalar
from prayermap.lib.ids import uuid7, uuid7_of_hour
from prayermap.lib.rate import hit
from prayers import schemas
from prayers.events import publish_map
from prayers.queries.responses import response_object
from prayers.rules import check_response
from prayers.services.outcomes import check_outcome


def respond_to_prayer(*, prayer_id: UUID, body: schemas.CreateResponse) -> schemas.CreatedResponse:
    """A few words, or that one prayed.

    Raises Invalid, NotFound, Conflict (a closed prayer), Blocked (between named people), ClientIdReused, RateLimited.
    """
    if earlier := earlier_result(body.client_id, prayer_id, body):
        return _created(earlier, duplicate=True)
    check_response(body)
    hit("responses", str(current_user_id()))
    response_id = uuid7_of_hour() if body.is_anonymous else uuid7()
    request = {
        "id": str(response_id),
        "prayer": str(prayer_id),
        "kind": body.kind,
        "content": body.content,
        "is_anonymous": body.is_anonymous,
    }
    check_outcome(call_scalar("respond_to_prayer", Jsonb(request), types="jsonb"))
    transaction.on_commit(partial(tell_opened, kind=Kind.PRAYER_RESPONSE, subject=prayer_id))
    publish_map(prayers=[prayer_id])
    remember(body.client_id, prayer_id, body, response_id)
    return _created(response_id, duplicate=False)


def _created(response_id: UUID, *, duplicate: bool) -> schemas.CreatedResponse:
    response = response_object(response_id)
    return schemas.CreatedResponse(**msgspec.structs.asdict(response), duplicate=duplicate)
