"""A copy of one's data."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.files.storage import default_storage
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from moderation import tasks
from moderation.models import ExportRequest
from moderation.queries.exports import file_behind, my_export
from moderation.schemas import privacy as shapes
from moderation.services.export_requests import new_link, request_export
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import NotFound
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.ranges import FileAnswer
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, PublicApiView
from prayermap.lib.times import utc_now

TAGS = ["me"]


class ExportList(ApiView):
    @documented(
        summary="Ask for a copy of your data",
        description="Everything that is held of you and what you can see today, as a ZIP. It is made in the background. "
        "Asking again while it is made answers with the same request; 5 a day.",
        request=shapes.RequestExport,
        responses={201: shapes.RequestedExport, 200: shapes.RequestedExport},
        problems=["too_large"],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        body = read(request, shapes.RequestExport)
        with acting_as(cast("User", request.user)):
            found, created = request_export(client_id=body.client_id, now=utc_now())
        if created:
            tasks.make_export.defer(request=str(found.pk))
        answer = shapes.RequestedExport(**_fields(found, None), duplicate=not created)
        return Response(answer, status=201 if created else 200)


class ExportDetail(ApiView):
    @documented(
        summary="How far it is, and a link to it",
        description="Where it is ready, `url` opens the file once, within ten minutes and without a header. Each GET "
        "makes a new link and ends the one before.",
        responses={200: shapes.Export},
        problems=["not_found"],
        tags=TAGS,
    )
    def get(self, request: Request, export_id: UUID) -> Response:
        with acting_as(cast("User", request.user)):
            word = new_link(export_id=export_id, now=utc_now())
            found = my_export(export_id)
        return Response(shapes.Export(**_fields(found, word)))


class ExportFile(PublicApiView):
    #: Without HEAD, which would use the link up: what looks at links before people follow them sends one.
    http_method_names = ("get", "options")

    @documented(
        summary="The file itself",
        description="`key` is from `url`, and good once. HEAD is 405 and leaves it good.",
        responses={200: None},
        parameters=[query("key", "From `url`.", required=True)],
        problems=["not_found"],
        tags=TAGS,
        auth=False,
    )
    def get(self, request: Request, export_id: UUID) -> HttpResponseBase:
        name = file_behind(request.query_params.get("key", ""), export_id)
        try:
            file = default_storage.open(name)
        except FileNotFoundError:
            raise NotFound from None
        answer = FileAnswer(cast("BinaryIO", file), 0, file.size, status=200)
        answer["Content-Type"] = "application/zip"
        answer["Content-Length"] = str(file.size)
        answer["Content-Disposition"] = f'attachment; filename="prayermap-{export_id}.zip"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


def _fields(row: ExportRequest, word: str | None) -> dict[str, Any]:
    address = reverse("export-file", args=[row.pk])
    return {
        "id": row.pk,
        "state": row.state,
        "requested_at": row.requested_at,
        "ready_at": row.ready_at,
        "expires_at": row.expires_at,
        "size": row.size,
        "sha256": row.digest or None,
        "url": f"{address}?key={word}" if word else None,
    }
