"""Responses to a prayer over REST."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from prayermap.lib.acting import acting_as
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import id_cursor, next_link, page_limit
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id
from prayers import schemas
from prayers.queries.prayers import prayer_object
from prayers.queries.responses import response_objects, responses_page
from prayers.services.responses import respond_to_prayer

TAGS = ("prayers",)


class ResponseList(ApiView):
    @documented(
        summary="Responses to a prayer, newest first",
        description="Without those of people whom one has blocked, or who have blocked one.",
        responses={200: schemas.ResponsePage},
        parameters=(query("limit", "1 to 100, by default 50.", int), query("cursor", "From `next`.")),
        problems=("not_found",),
        tags=TAGS,
    )
    def get(self, request: Request, prayer_id: UUID) -> Response:
        limit, before = page_limit(request), id_cursor(request)
        with acting_as(person_id(request)):
            prayer_object(prayer_id)
            rows = responses_page(prayer_id, before, limit + 1)
            results = response_objects(rows[:limit])
        next_url = next_link(request, rows[limit - 1].pk) if len(rows) > limit else None
        return Response(schemas.ResponsePage(results, next_url, None))

    @documented(
        summary="Respond to a prayer with a few words, or say that one prayed",
        request=schemas.CreateResponse,
        responses={200: schemas.CreatedResponse, 201: schemas.CreatedResponse},
        problems=("not_found", "blocked", "conflict", "client_id_reused"),
        tags=TAGS,
    )
    def post(self, request: Request, prayer_id: UUID) -> Response:
        body = read(request, schemas.CreateResponse)
        with acting_as(person_id(request)):
            made = respond_to_prayer(prayer_id=prayer_id, body=body)
        return Response(made, status=200 if made.duplicate else 201)
