"""What became of a message, over REST: its answers, whom it has reached, where it goes on."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from messaging.api.message import MAX_SEQ, MessageView
from messaging.queries.following import delivery, thread
from messaging.queries.members import my_reading_participant
from messaging.schemas import messages as shapes
from messaging.services.forwarding import forward_message
from messaging.services.quota import take_message
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import invalid
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import DEFAULT_LIMIT, MAX_LIMIT
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import person_id, query_int

TAGS = ("messages",)
_LIMIT = query("limit", "1 to 100, by default 50.", int)


class Thread(MessageView):
    @documented(
        summary="A message and its answers",
        description="Answers to answers too, oldest first; the nearest 1,000.",
        responses={200: shapes.Thread},
        parameters=(query("after", "Answers above this seq.", int), _LIMIT),
        problems=("not_found",),
        tags=TAGS,
    )
    def get(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        after = query_int(request, "after", 0, low=0, high=MAX_SEQ) or 0
        limit = _limit(request)
        with acting_as(person_id(request)):
            root, answers, next_after = thread(my_reading_participant(conversation_id), seq, after, limit)
        url = f"{request.path}?after={next_after}&limit={limit}"
        next_url = request.build_absolute_uri(url) if next_after else None
        return Response(shapes.Thread(root, answers, next_url, None))


class DeliveryList(MessageView):
    @documented(
        summary="Whom one's own message has reached, and who has read it",
        responses={200: shapes.DeliveryPage},
        parameters=(query("cursor", "From `next`."), _LIMIT),
        problems=("not_found",),
        tags=TAGS,
    )
    def get(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        limit, after = _limit(request), _cursor(request)
        with acting_as(person_id(request)):
            rows = delivery(my_reading_participant(conversation_id), seq, after, limit + 1)
        next_url = None
        if len(rows) > limit:
            url = f"{request.path}?cursor={rows[limit - 1].member}&limit={limit}"
            next_url = request.build_absolute_uri(url)
        return Response(shapes.DeliveryPage(rows[:limit], next_url, None))


class Forward(MessageView):
    @documented(
        summary="Send a message on to other conversations",
        description="To all of these or to none; each counts as a send, and names no origin.",
        request=shapes.Forward,
        responses={200: shapes.Forwarded, 201: shapes.Forwarded},
        problems=(
            "not_found", "forbidden", "blocked", "request_pending", "conflict", "client_id_reused",
            "anonymity_impossible",
        ),
        tags=TAGS,
    )  # fmt: skip
    def post(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        body = read(request, shapes.Forward)
        for _ in body.to:
            take_message(person_id(request))
        with acting_as(person_id(request)):
            answer = forward_message(conversation_id=conversation_id, seq=seq, body=body)
        return Response(answer, status=200 if answer.duplicate else 201)


def _limit(request: Request) -> int:
    return query_int(request, "limit", DEFAULT_LIMIT, low=1, high=MAX_LIMIT) or DEFAULT_LIMIT


def _cursor(request: Request) -> UUID | None:
    raw = request.query_params.get("cursor")
    try:
        return UUID(raw) if raw else None
    except ValueError:
        raise invalid(cursor="Not a cursor of this list.") from None
