"""Conversations about prayers over REST."""

from __future__ import annotations

from uuid import UUID

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.api.messages import SEND_PROBLEMS
from messaging.schemas.conversations import CreatedConversation, OpenPrayerConversation
from messaging.schemas.messages import PrayerUpdate, SendMessage, SentMessage
from messaging.services.prayer_conversations import open_prayer_conversation
from messaging.services.quota import take_message
from messaging.services.sending import send_message
from prayermap.lib.acting import acting_as
from prayermap.lib.http.documentation import documented
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id


class PrayerConversation(ApiView):
    @documented(
        summary="Open a conversation with a prayer's author",
        description="Asked again, it answers 200 with the same one, and nothing is written. The first message is of "
        "type `prayer_card`. An anonymous prayer's author is in it as an anonymous member.",
        request=OpenPrayerConversation,
        responses={200: CreatedConversation, 201: CreatedConversation},
        problems=("not_found", "conflict", "blocked", "client_id_reused"),
        tags=("prayers",),
    )
    def post(self, request: Request, prayer_id: UUID) -> Response:
        body = read(request, OpenPrayerConversation)
        take_message(person_id(request))
        with acting_as(person_id(request)):
            answer, created = open_prayer_conversation(prayer_id=prayer_id, body=body)
        made = CreatedConversation(**msgspec.structs.asdict(answer), duplicate=not created)
        return Response(made, status=201 if created else 200)


class PrayerUpdateView(ApiView):
    @documented(
        summary="Tell how it goes with one's prayer, and whether it is answered",
        description="A message of type `prayer_update`. Only the prayer's author; not where they stand under their "
        "name and the prayer is anonymous.",
        request=PrayerUpdate,
        responses={200: SentMessage, 201: SentMessage},
        problems=SEND_PROBLEMS,
        tags=("prayers",),
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        update = read(request, PrayerUpdate)
        take_message(person_id(request))
        body = SendMessage(
            type="prayer_update",
            client_id=update.client_id,
            content=update.content,
            payload={"is_answered": update.is_answered},
        )
        with acting_as(person_id(request)):
            answer = send_message(conversation_id=conversation_id, body=body)
        return Response(answer, status=200 if answer.duplicate else 201)
