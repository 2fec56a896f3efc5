"""One message over REST: read it, change it, take it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from messaging.queries import messages as reading
from messaging.queries.members import my_reading_participant
from messaging.queries.revisions import revisions
from messaging.schemas import messages as shapes
from messaging.services.anonymising import anonymise_message
from messaging.services.deleting import delete_for_all, delete_for_me
from messaging.services.editing import edit_message
from messaging.services.quota import take_change
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import NotFound, invalid
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id

TAGS = ("messages",)
MAX_SEQ = 2**62
SCOPES = ("all", "me")


class MessageView(ApiView):
    """Something of one message, which its conversation and `seq` name."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if kwargs["seq"] > MAX_SEQ:
            raise NotFound


class MessageDetail(MessageView):
    @documented(summary="One message", responses={200: shapes.Message}, problems=("not_found",), tags=TAGS)
    def get(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        with acting_as(person_id(request)):
            member = my_reading_participant(conversation_id)
            (message,) = reading.as_messages(member, [reading.message_at(member, seq)])
            return Response(message)

    @documented(
        summary="Edit one's own message",
        description="For 15 minutes. Its type's rules hold; mentions and quote stay; earlier texts are kept.",
        request=shapes.EditMessage,
        responses={200: shapes.Message},
        problems=("not_found", "forbidden", "blocked", "conflict"),
        tags=TAGS,
    )
    def patch(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        body = read(request, shapes.EditMessage)
        take_change(person_id(request))
        with acting_as(person_id(request)):
            return Response(edit_message(conversation_id=conversation_id, seq=seq, body=body))

    @documented(
        summary="Delete a message: one's own for all, any for oneself",
        description='For all, a tombstone stays. For oneself, `{seq, state: "removed"}`; others see no change.',
        responses={200: shapes.Message},
        parameters=(query("scope", "`all` by default.", enum=SCOPES),),
        problems=("not_found", "forbidden"),
        tags=TAGS,
    )
    def delete(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        scope = request.query_params.get("scope", "all")
        if scope not in SCOPES:
            raise invalid(scope="Must be all or me.")
        delete = delete_for_all if scope == "all" else delete_for_me
        with acting_as(person_id(request)):
            return Response(delete(conversation_id=conversation_id, seq=seq))


class Anonymise(MessageView):
    @documented(
        summary="Take one's name off a message that was sent",
        description="From then on it shows no author to anybody, as if it had been sent anonymously. Can't be undone.",
        responses={200: shapes.Message},
        problems=("not_found", "forbidden", "conflict", "anonymity_impossible"),
        tags=TAGS,
    )
    def post(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        take_change(person_id(request))
        with acting_as(person_id(request)):
            return Response(anonymise_message(conversation_id=conversation_id, seq=seq))


class Revisions(MessageView):
    @documented(
        summary="What one's own message said before",
        responses={200: shapes.RevisionPage},
        problems=("not_found",),
        tags=TAGS,
    )
    def get(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        with acting_as(person_id(request)):
            results = revisions(my_reading_participant(conversation_id), seq)
        return Response(shapes.RevisionPage(results, None, None))
