"""Members of a conversation over REST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.queries.members import as_member, member_rows, members_by_id, my_participant
from messaging.schemas import conversations as shapes
from messaging.services.invitations import invite_member
from messaging.services.membership import change_member, remove_member
from prayermap.lib.acting import acting_as
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import id_cursor, next_link, page_limit
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id, query_uuids

TAGS = ("members",)
MOST_IDS = 100


class MemberList(ApiView):
    @documented(
        summary="Members, or these members whatever became of them",
        responses={200: shapes.MemberPage},
        parameters=(
            query("ids", "Up to 100 member ids, separated by commas; also of those who have left."),
            query("limit", "1 to 100, by default 50.", int),
            query("cursor", "From `next`."),
        ),
        problems=("not_found",),
        tags=TAGS,
    )
    def get(self, request: Request, conversation_id: UUID) -> Response:
        ids = query_uuids(request, "ids", most=MOST_IDS)
        limit, after = page_limit(request), id_cursor(request)
        with acting_as(person_id(request)):
            my_participant(conversation_id)
            if ids is not None:
                return Response(shapes.MemberPage(members_by_id(conversation_id, ids), None, None))
            rows = member_rows(conversation_id, after, limit + 1)
        return Response(_page(request, rows, limit))

    @documented(
        summary="Invite a person",
        request=shapes.InviteMember,
        responses={200: shapes.InvitedMember, 201: shapes.InvitedMember},
        problems=("not_found", "forbidden", "conflict", "client_id_reused"),
        tags=TAGS,
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        body = read(request, shapes.InviteMember)
        with acting_as(person_id(request)):
            member, created = invite_member(conversation_id=conversation_id, body=body)
        answer = shapes.InvitedMember(**msgspec.structs.asdict(member), duplicate=not created)
        return Response(answer, status=201 if created else 200)


class MemberDetail(ApiView):
    @documented(
        summary="Give a role, or approve a request to join",
        request=shapes.PatchMember,
        responses={200: shapes.Member},
        problems=("not_found", "forbidden", "conflict"),
        tags=TAGS,
    )
    def patch(self, request: Request, conversation_id: UUID, member_id: UUID) -> Response:
        body = read(request, shapes.PatchMember)
        with acting_as(person_id(request)):
            return Response(change_member(conversation_id=conversation_id, member_id=member_id, body=body))

    @documented(
        summary="Remove a member; oneself: leave",
        responses={204: None},
        problems=("not_found", "forbidden", "conflict"),
        tags=TAGS,
    )
    def delete(self, request: Request, conversation_id: UUID, member_id: UUID) -> Response:
        with acting_as(person_id(request)):
            remove_member(conversation_id=conversation_id, member_id=member_id)
        return Response(status=204)


def _page(request: Request, rows: list[Any], limit: int) -> shapes.MemberPage:
    """Forward only: a list of members is read once, from its start."""
    next_url = None
    if len(rows) > limit:
        next_url = next_link(request, rows[limit - 1].id)
    return shapes.MemberPage([as_member(row) for row in rows[:limit]], next_url, None)
