"""Reporting over REST."""

from __future__ import annotations

from uuid import UUID

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from moderation.queries.reports import as_report, own_reports
from moderation.schemas import reports as shapes
from moderation.services import reporting
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import NotFound
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import KeysetPagination
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id

TAGS = ("moderation",)
MAX_SEQ = 2**62
PROBLEMS = ("not_found", "forbidden", "client_id_reused", "too_large")
ANSWERS: dict[int, type[msgspec.Struct] | None] = {200: shapes.FiledReport, 201: shapes.FiledReport}


class FlagMessage(ApiView):
    @documented(
        summary="Report a message to the moderators",
        description="It is kept for them as it stands now, with its neighbours. Reporting it again answers the first.",
        request=shapes.FileReport,
        responses=ANSWERS,
        problems=PROBLEMS,
        tags=TAGS,
    )
    def post(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        if seq > MAX_SEQ:
            raise NotFound
        body = read(request, shapes.FileReport)
        with acting_as(person_id(request)):
            return _answer(reporting.report_message(conversation_id=conversation_id, seq=seq, body=body))


class FlagMember(ApiView):
    @documented(
        summary="Report a member to the moderators",
        request=shapes.FileReport,
        responses=ANSWERS,
        problems=PROBLEMS,
        tags=TAGS,
    )
    def post(self, request: Request, conversation_id: UUID, member_id: UUID) -> Response:
        body = read(request, shapes.FileReport)
        with acting_as(person_id(request)):
            return _answer(
                reporting.report_member(conversation_id=conversation_id, member_id=member_id, body=body)
            )


class FlagConversation(ApiView):
    @documented(
        summary="Report a conversation, or the invitation to it, to the moderators",
        request=shapes.FileReport,
        responses=ANSWERS,
        problems=PROBLEMS,
        tags=TAGS,
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        body = read(request, shapes.FileReport)
        with acting_as(person_id(request)):
            return _answer(reporting.report_conversation(conversation_id=conversation_id, body=body))


class FlagPrayer(ApiView):
    @documented(
        summary="Report a prayer to the moderators",
        request=shapes.FileReport,
        responses=ANSWERS,
        problems=PROBLEMS,
        tags=TAGS,
    )
    def post(self, request: Request, prayer_id: UUID) -> Response:
        body = read(request, shapes.FileReport)
        with acting_as(person_id(request)):
            return _answer(reporting.report_prayer(prayer_id=prayer_id, body=body))


class MyReports(ApiView):
    @documented(
        summary="What you reported, and what became of it",
        responses={200: shapes.ReportPage},
        parameters=(
            query("limit", "1 to 100, by default 50.", int),
            query("cursor", "From `next` or `previous`."),
        ),
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        with acting_as(person_id(request)):
            paging = KeysetPagination()
            page = paging.paginate_queryset(own_reports(), request, view=self)
        return paging.answer([as_report(row) for row in page])


def _answer(report: shapes.FiledReport) -> Response:
    return Response(report, status=200 if report.duplicate else 201)
