"""The inbox over REST."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from notifications.queries.inbox import as_notifications, inbox, unread_count
from notifications.schemas import inbox as shapes
from notifications.services.reading import read_all, read_notification
from prayermap.lib.acting import acting_as
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import KeysetPagination
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id, query_bool

TAGS = ("notifications",)


class NotificationList(ApiView):
    @documented(
        summary="What you have been told, newest first",
        responses={200: shapes.NotificationPage},
        parameters=(
            query("unread", "Only unread ones, or only read ones.", bool),
            query("limit", "1 to 100, by default 50.", int),
            query("cursor", "From `next` or `previous`."),
        ),
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        unread = query_bool(request, "unread")
        pagination = KeysetPagination(ordering=("-updated_at", "-pk"))
        with acting_as(person_id(request)):
            rows = inbox()
            if unread is not None:
                rows = rows.filter(read_at__isnull=unread)
            return pagination.answer(as_notifications(pagination.paginate_queryset(rows, request, view=self)))


class NotificationRead(ApiView):
    @documented(
        summary="Mark one as read",
        responses={200: shapes.ReadAnswer},
        problems=("not_found",),
        tags=TAGS,
    )
    def post(self, request: Request, notification_id: UUID) -> Response:
        with acting_as(person_id(request)):
            return Response(read_notification(notification_id=notification_id))


class ReadAll(ApiView):
    @documented(
        summary="Mark all as read, or those of one conversation",
        description="The messages themselves stay unread: that is what receipts are for.",
        request=shapes.ReadAll,
        responses={200: shapes.ReadAnswer},
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        body = read(request, shapes.ReadAll)
        with acting_as(person_id(request)):
            return Response(read_all(conversation_id=body.conversation))


class Unread(ApiView):
    @documented(summary="How many are unread", responses={200: shapes.UnreadCount}, tags=TAGS)
    def get(self, request: Request) -> Response:
        with acting_as(person_id(request)):
            return Response(shapes.UnreadCount(unread_count()))
