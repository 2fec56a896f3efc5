"""Prayers over REST."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from prayermap.lib.acting import acting_as
from prayermap.lib.errors import invalid
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import id_cursor, next_link, page_limit
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id, query_bool
from prayers import schemas
from prayers.places import Box, read_box
from prayers.queries.prayers import my_prayers_page, prayer_object, prayer_objects, prayers_page
from prayers.services.prayers import change_prayer, delete_prayer, post_prayer

TAGS = ("prayers",)
BBOX = query("bbox", "`west,south,east,north` in degrees; west above east goes around the antimeridian.")


class PrayerList(ApiView):
    @documented(
        summary="Prayers, newest first",
        description="Without those of people whom one has blocked, or who have blocked one.",
        responses={200: schemas.PrayerPage},
        parameters=(
            BBOX,
            query("mine", "Only one's own, the anonymous ones too.", bool),
            query("limit", "1 to 100, by default 50.", int),
            query("cursor", "From `next`."),
        ),
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        box, mine = query_box(request), query_bool(request, "mine")
        limit, before = page_limit(request), id_cursor(request)
        if mine and box is not None:
            raise invalid(bbox="Either `mine` or a box.")
        with acting_as(person_id(request)):
            rows = my_prayers_page(before, limit + 1) if mine else prayers_page(box, before, limit + 1)
            results = prayer_objects(rows[:limit])
        next_url = next_link(request, rows[limit - 1].pk) if len(rows) > limit else None
        return Response(schemas.PrayerPage(results, next_url, None))

    @documented(
        summary="Post a prayer",
        request=schemas.CreatePrayer,
        responses={200: schemas.CreatedPrayer, 201: schemas.CreatedPrayer},
        problems=("client_id_reused",),
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        body = read(request, schemas.CreatePrayer)
        with acting_as(person_id(request)):
            made = post_prayer(body=body)
        return Response(made, status=200 if made.duplicate else 201)


class PrayerDetail(ApiView):
    @documented(summary="One prayer", responses={200: schemas.Prayer}, problems=("not_found",), tags=TAGS)
    def get(self, request: Request, prayer_id: UUID) -> Response:
        with acting_as(person_id(request)):
            return Response(prayer_object(prayer_id))

    @documented(
        summary="Change one's own prayer; say that it is answered",
        request=schemas.PatchPrayer,
        responses={200: schemas.Prayer},
        problems=("not_found", "forbidden"),
        tags=TAGS,
    )
    def patch(self, request: Request, prayer_id: UUID) -> Response:
        body = read(request, schemas.PatchPrayer)
        with acting_as(person_id(request)):
            return Response(change_prayer(prayer_id=prayer_id, body=body))

    @documented(
        summary="Delete one's own prayer, with its responses",
        responses={204: None},
        problems=("not_found", "forbidden"),
        tags=TAGS,
    )
    def delete(self, request: Request, prayer_id: UUID) -> Response:
        with acting_as(person_id(request)):
            delete_prayer(prayer_id=prayer_id)
        return Response(status=204)


def query_box(request: Request) -> Box | None:
    """`bbox` of the query string; None when absent. Raises Invalid."""
    raw = request.query_params.get("bbox")
    try:
        return None if raw is None else read_box(raw)
    except ValueError as error:
        raise invalid(bbox=str(error)) from None
