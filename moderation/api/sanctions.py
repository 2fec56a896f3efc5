"""One's own sanctions and appeals over REST."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from moderation.queries.sanctions import as_sanctions, own_sanctions
from moderation.schemas import sanctions as shapes
from moderation.services.appealing import file_appeal
from prayermap.lib.acting import acting_as
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import KeysetPagination
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id
from prayermap.lib.times import utc_now

TAGS = ("moderation",)


class MySanctions(ApiView):
    @documented(
        summary="What moderators decided about you, and why",
        responses={200: shapes.SanctionPage},
        parameters=(
            query("limit", "1 to 100, by default 50.", int),
            query("cursor", "From `next` or `previous`."),
        ),
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        with acting_as(person_id(request)):
            paging = KeysetPagination()
            page = paging.paginate_queryset(own_sanctions(), request, view=self)
            results = as_sanctions(page, utc_now())
        return paging.answer(results)


class AppealSanction(ApiView):
    @documented(
        summary="Appeal against a sanction",
        description="Once; somebody who did not decide on it decides.",
        request=shapes.FileAppeal,
        responses={200: shapes.FiledAppeal, 201: shapes.FiledAppeal},
        problems=("not_found", "conflict", "client_id_reused", "too_large"),
        tags=TAGS,
    )
    def post(self, request: Request, sanction_id: UUID) -> Response:
        body = read(request, shapes.FileAppeal)
        with acting_as(person_id(request)):
            appeal = file_appeal(sanction_id=sanction_id, body=body)
        return Response(appeal, status=200 if appeal.duplicate else 201)
