"""Conversations over REST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.db.models import F
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.enums import Kind, State
from messaging.models import Participant
from messaging.queries.conversations import conversation_object, conversation_objects
from messaging.queries.listing import Filters
from messaging.queries.members import my_participant, my_participants
from messaging.schemas import conversations as shapes
from messaging.services import conversations, membership
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import invalid
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import KeysetPagination
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id, query_bool, query_uuids

TAGS = ("conversations",)


class ConversationList(ApiView):
    @documented(
        summary="Own conversations, latest activity first",
        responses={200: shapes.ConversationPage},
        parameters=(
            query("kind", "Only this kind.", enum=Kind.values),
            query("state", "Only where one is `invited`, `requested` or `active`."),
            query("archived", "Only archived ones, or only others.", bool),
            query("prayer", "Only about this prayer."),
            query("limit", "1 to 100, by default 50.", int),
            query("cursor", "From `next` or `previous`."),
        ),
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        pagination = list_pagination()
        with acting_as(person_id(request)):
            rows = my_participants().annotate(activity=F("conversation__latest_activity_at"))
            rows = _filtered(rows, asked_filters(request))
            page: list[Participant] = pagination.paginate_queryset(rows, request, view=self)
            return pagination.answer(conversation_objects(page))

    @documented(
        summary="Start a conversation",
        description="One canonical `direct_message` for each pair: a second POST answers 200 with the same one.",
        request=shapes.CreateConversation,
        responses={200: shapes.CreatedConversation, 201: shapes.CreatedConversation},
        problems=("blocked", "client_id_reused"),
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        body = read(request, shapes.CreateConversation)
        with acting_as(person_id(request)):
            answer, created = conversations.create_conversation(body=body)
        made = shapes.CreatedConversation(**msgspec.structs.asdict(answer), duplicate=not created)
        return Response(made, status=201 if created else 200)


class ConversationDetail(ApiView):
    @documented(
        summary="One conversation", responses={200: shapes.Conversation}, problems=("not_found",), tags=TAGS
    )
    def get(self, request: Request, conversation_id: UUID) -> Response:
        with acting_as(person_id(request)):
            return Response(conversation_object(my_participant(conversation_id)))

    @documented(
        summary="Change title, description, privacy or approval",
        request=shapes.PatchConversation,
        responses={200: shapes.Conversation},
        problems=("not_found", "forbidden", "conflict"),
        tags=TAGS,
    )
    def patch(self, request: Request, conversation_id: UUID) -> Response:
        body = read(request, shapes.PatchConversation)
        with acting_as(person_id(request)):
            return Response(conversations.change_conversation(conversation_id=conversation_id, body=body))


class MyMemberDetail(ApiView):
    @documented(
        summary="One's own settings there: mute, pin, archive, notifications",
        request=shapes.PatchMyMember,
        responses={200: shapes.Conversation},
        problems=("not_found", "forbidden"),
        tags=TAGS,
    )
    def patch(self, request: Request, conversation_id: UUID) -> Response:
        body = read(request, shapes.PatchMyMember)
        with acting_as(person_id(request)):
            return Response(conversations.change_my_member(conversation_id=conversation_id, body=body))


class Join(ApiView):
    @documented(
        summary="Join an open group, or ask to",
        responses={200: shapes.Conversation},
        problems=("not_found", "conflict"),
        tags=TAGS,
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        with acting_as(person_id(request)):
            return Response(membership.join_conversation(conversation_id=conversation_id))


class Accept(ApiView):
    @documented(
        summary="Accept an invitation",
        responses={200: shapes.Conversation},
        problems=("not_found", "conflict"),
        tags=TAGS,
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        with acting_as(person_id(request)):
            return Response(membership.accept_invitation(conversation_id=conversation_id))


class Decline(ApiView):
    @documented(
        summary="Decline an invitation; to others it looks pending",
        responses={204: None},
        problems=("not_found", "conflict"),
        tags=TAGS,
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        with acting_as(person_id(request)):
            membership.decline_invitation(conversation_id=conversation_id)
        return Response(status=204)


def list_pagination() -> KeysetPagination:
    return KeysetPagination(ordering=("-activity", "-pk"))


def asked_filters(request: Request) -> Filters:
    """Raises Invalid."""
    kind, state = request.query_params.get("kind"), request.query_params.get("state")
    if kind is not None and kind not in Kind.values:
        raise invalid(kind="Not a kind of conversation.")
    if state is not None and state not in State.values:
        raise invalid(state="Not a state of a member.")
    prayer = query_uuids(request, "prayer", most=1)
    return Filters(kind, state, query_bool(request, "archived"), prayer[0] if prayer else None)


def _filtered(rows: Any, filters: Filters) -> Any:
    if filters.kind is not None:
        rows = rows.filter(conversation__kind=filters.kind)
    if filters.state is not None:
        rows = rows.filter(state=filters.state)
    if filters.archived is not None:
        rows = rows.filter(archived_at__isnull=not filters.archived)
    return rows.filter(conversation__prayer_id=filters.prayer) if filters.prayer else rows
