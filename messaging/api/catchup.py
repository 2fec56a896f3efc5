"""Catching up over REST."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from messaging.queries import catchup
from messaging.schemas import catchup as shapes
from prayermap.lib.acting import acting_as
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import DEFAULT_LIMIT, MAX_LIMIT
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id, query_int
from prayermap.lib.times import utc_now

TAGS = ("catching up",)


class Sync(ApiView):
    @documented(
        summary="Which conversations changed since one last looked",
        request=shapes.Sync,
        responses={200: shapes.SyncResult},
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        body = read(request, shapes.Sync)
        with acting_as(person_id(request)):
            return Response(catchup.sync(body, utc_now()))


class ChangesView(ApiView):
    @documented(
        summary="What changed in one conversation after a rev",
        responses={200: shapes.Changes},
        parameters=(
            query("after_rev", "The newest rev one has applied.", int, required=True),
            query("limit", "1 to 100, by default 50.", int),
        ),
        problems=("not_found",),
        tags=TAGS,
    )
    def get(self, request: Request, conversation_id: UUID) -> Response:
        after_rev, limit = asked_changes(request)
        with acting_as(person_id(request)):
            return Response(catchup.changes(conversation_id, after_rev, limit))


def asked_changes(request: Request) -> tuple[int, int]:
    """The `rev` after which, and at most how many. Raises Invalid."""
    after_rev = query_int(request, "after_rev", 0, low=0, high=2**62) or 0
    limit = query_int(request, "limit", DEFAULT_LIMIT, low=1, high=MAX_LIMIT) or DEFAULT_LIMIT
    return after_rev, limit
