"""Preferences over REST, and why something was sent or held back."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from notifications.queries.devices import as_decision, own_decisions
from notifications.queries.preferences import own_preferences
from notifications.schemas import devices as device_shapes
from notifications.schemas import preferences as shapes
from notifications.services.preferences import change_preferences
from prayermap.lib.acting import acting_as
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import KeysetPagination
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id, query_uuids

TAGS = ("notifications",)


class PreferencesView(ApiView):
    @documented(
        summary="What you are told, by which way, and when not",
        responses={200: shapes.Preferences},
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        with acting_as(person_id(request)):
            return Response(own_preferences())

    @documented(
        summary="Change it",
        request=shapes.PreferencesChange,
        responses={200: shapes.Preferences},
        tags=TAGS,
    )
    def patch(self, request: Request) -> Response:
        body = read(request, shapes.PreferencesChange)
        with acting_as(person_id(request)):
            return Response(change_preferences(body=body))


class Why(ApiView):
    @documented(
        summary="Why you were pushed or mailed to, or not",
        description="Decisions of the last seven days, newest first.",
        responses={200: device_shapes.DecisionPage},
        parameters=(
            query("notification", "Only about this notification."),
            query("conversation", "Only about this conversation."),
            query("limit", "1 to 100, by default 50.", int),
            query("cursor", "From `next` or `previous`."),
        ),
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        notification = query_uuids(request, "notification", most=1)
        conversation = query_uuids(request, "conversation", most=1)
        pagination = KeysetPagination(ordering=("-at", "-pk"))
        with acting_as(person_id(request)):
            rows = own_decisions()
            if notification:
                rows = rows.filter(notification_id=notification[0])
            if conversation:
                rows = rows.filter(conversation_id=conversation[0])
            page = pagination.paginate_queryset(rows, request, view=self)
        return pagination.answer([as_decision(row) for row in page])
