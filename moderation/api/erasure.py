"""Being erased."""

from __future__ import annotations

from typing import Any, cast

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from moderation import tasks
from moderation.models import ErasureRequest
from moderation.queries.erasures import my_erasure
from moderation.schemas import privacy as shapes
from moderation.services.erasure_requests import cancel_erasure, request_erasure
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import NotFound
from prayermap.lib.http.documentation import documented
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView
from prayermap.lib.times import utc_now

TAGS = ["me"]


class ErasureView(ApiView):
    @documented(
        summary="Your request to be erased",
        description="The newest one, whatever became of it.",
        responses={200: shapes.Erasure},
        problems=["not_found"],
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        with acting_as(cast("User", request.user)):
            found = my_erasure()
        if found is None:
            raise NotFound
        return Response(shapes.Erasure(**_fields(found)))

    @documented(
        summary="Ask to be erased",
        description="Your account is closed and what you wrote becomes tombstones, on `due_at`; until then you can "
        "take it back. Others' words stay. Asking again answers with the open request.",
        request=shapes.RequestErasure,
        responses={201: shapes.RequestedErasure, 200: shapes.RequestedErasure},
        problems=["too_large"],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        body = read(request, shapes.RequestErasure)
        with acting_as(cast("User", request.user)):
            found, created = request_erasure(client_id=body.client_id, now=utc_now())
        if created:
            tasks.count_traces.defer(request=str(found.pk))
        answer = shapes.RequestedErasure(**_fields(found), duplicate=not created)
        return Response(answer, status=201 if created else 200)

    @documented(
        summary="Take it back",
        description="As long as it has not begun.",
        responses={204: None},
        problems=["not_found", "conflict"],
        tags=TAGS,
    )
    def delete(self, request: Request) -> Response:
        with acting_as(cast("User", request.user)):
            cancel_erasure(now=utc_now())
        return Response(status=204)


def _fields(row: ErasureRequest) -> dict[str, Any]:
    return {
        "id": row.pk,
        "state": row.state,
        "requested_at": row.requested_at,
        "due_at": row.due_at,
        "deadline_at": row.deadline_at,
        "cancelled_at": row.cancelled_at,
        "preview": row.preview,
    }
