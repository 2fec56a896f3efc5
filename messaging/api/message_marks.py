"""What is put on a message, over REST: PUT sets it, DELETE takes it away, and both may be repeated."""

from __future__ import annotations

from uuid import UUID

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.api.message import MessageView
from messaging.schemas import messages as shapes
from messaging.services.quota import take_change
from messaging.services.reacting import pin_message, set_reaction, star_message
from prayermap.lib.acting import acting_as
from prayermap.lib.http.documentation import documented
from prayermap.lib.http.views import person_id

TAGS = ("messages",)
_MESSAGE: dict[int, type[msgspec.Struct] | None] = {200: shapes.Message}
_PROBLEMS = ("not_found", "forbidden", "blocked", "conflict")


class Reaction(MessageView):
    @documented(
        summary="React with one emoji",
        description="Fully-qualified, at most 64 bytes, 5 of a member and 20 kinds on a message.",
        responses=_MESSAGE,
        problems=_PROBLEMS,
        tags=TAGS,
    )
    def put(self, request: Request, conversation_id: UUID, seq: int, emoji: str) -> Response:
        return self._set(request, conversation_id, seq, emoji, is_on=True)

    @documented(summary="Take a reaction back", responses=_MESSAGE, problems=_PROBLEMS, tags=TAGS)
    def delete(self, request: Request, conversation_id: UUID, seq: int, emoji: str) -> Response:
        return self._set(request, conversation_id, seq, emoji, is_on=False)

    def _set(self, request: Request, conversation_id: UUID, seq: int, emoji: str, *, is_on: bool) -> Response:
        take_change(person_id(request))
        with acting_as(person_id(request)):
            return Response(set_reaction(conversation_id=conversation_id, seq=seq, emoji=emoji, is_on=is_on))


class Star(MessageView):
    @documented(
        summary="Star a message for oneself",
        responses=_MESSAGE,
        problems=("not_found", "conflict"),
        tags=TAGS,
    )
    def put(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        with acting_as(person_id(request)):
            return Response(star_message(conversation_id=conversation_id, seq=seq, is_on=True))

    @documented(
        summary="Take one's star away", responses=_MESSAGE, problems=("not_found", "conflict"), tags=TAGS
    )
    def delete(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        with acting_as(person_id(request)):
            return Response(star_message(conversation_id=conversation_id, seq=seq, is_on=False))


class Pin(MessageView):
    @documented(
        summary="Pin a message for everybody: any of two, an admin of a group",
        responses=_MESSAGE,
        problems=_PROBLEMS,
        tags=TAGS,
    )
    def put(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        return self._set(request, conversation_id, seq, is_on=True)

    @documented(summary="Take a pin down", responses=_MESSAGE, problems=_PROBLEMS, tags=TAGS)
    def delete(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        return self._set(request, conversation_id, seq, is_on=False)

    def _set(self, request: Request, conversation_id: UUID, seq: int, *, is_on: bool) -> Response:
        take_change(person_id(request))
        with acting_as(person_id(request)):
            return Response(pin_message(conversation_id=conversation_id, seq=seq, is_on=is_on))
