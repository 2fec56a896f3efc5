"""The outbox over REST."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.enums import QueueState
from messaging.queries.queue import as_item, own_queue
from messaging.schemas import queue as shapes
from messaging.services.queueing import cancel_queued, queue_messages
from messaging.tasks import send_queued
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import invalid
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import KeysetPagination
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id
from prayermap.lib.times import utc_now

TAGS = ("outbox",)
SOON = timedelta(seconds=1)


class QueueList(ApiView):
    @documented(
        summary="Your outbox, oldest first",
        responses={200: shapes.QueuePage},
        parameters=(
            query("state", "Only those in this state.", enum=QueueState.values),
            query("device_id", "Only those of this device."),
            query("limit", "1 to 100, by default 50.", int),
            query("cursor", "From `next` or `previous`."),
        ),
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        pagination = KeysetPagination(ordering=("position",))
        state, device_id = request.query_params.get("state"), request.query_params.get("device_id")
        if state is not None and state not in QueueState.values:
            raise invalid(state="Not a state of a queued message.")
        with acting_as(person_id(request)):
            rows = own_queue()
            if state is not None:
                rows = rows.filter(state=state)
            if device_id is not None:
                rows = rows.filter(device_id=device_id)
            page = pagination.paginate_queryset(rows, request, view=self)
            return pagination.answer([as_item(row) for row in page])

    @documented(
        summary="Queue messages to be sent soon, or at their time",
        description="All or none. Each is answered as it stands now; one that was sent before, by whatever way, is `sent`.",
        request=shapes.QueueMessages,
        responses={200: shapes.QueueAnswer, 201: shapes.QueueAnswer},
        problems=("conflict", "client_id_reused", "client_id_invalid", "too_large"),
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        body = read(request, shapes.QueueMessages)
        with acting_as(person_id(request)):
            answer = queue_messages(body=body)
        if any(_is_due(item) for item in answer.items):
            with suppress(AlreadyEnqueued), transaction.atomic():
                send_queued.configure().defer(timestamp=0)
        return Response(answer, status=200 if answer.duplicate else 201)


class QueueDetail(ApiView):
    @documented(
        summary="Take back a message that is still pending",
        responses={204: None},
        problems=("not_found", "conflict"),
        tags=TAGS,
    )
    def delete(self, request: Request, item_id: UUID) -> Response:
        with acting_as(person_id(request)):
            cancel_queued(item_id=item_id)
        return Response(status=204)


def _is_due(item: shapes.QueuedItem) -> bool:
    if item.state != "pending" or item.next_attempt_at is None:
        return False
    return item.next_attempt_at < utc_now() + SOON
