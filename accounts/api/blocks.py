"""Whom one has blocked."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts import queries, schemas
from accounts.models import User
from accounts.services.blocking import Blocking, block_member, block_user, unblock
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import invalid
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import KeysetPagination
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView

TAGS = ["blocks"]


class BlocksView(ApiView):
    @documented(
        summary="Whom you have blocked",
        responses={200: schemas.BlockPage},
        parameters=[
            query("limit", "1 to 100, default 50.", int),
            query("cursor", "From `next` or `previous`."),
        ],
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        with acting_as(cast("User", request.user)):
            paging = KeysetPagination()
            page = paging.paginate_queryset(queries.own_blocks(), request, view=self) or []
            rows = queries.named(page)
        return paging.answer([_blocked(row) for row in rows])

    @documented(
        summary="Block a person, or an anonymous member",
        description="A member whose name you see is blocked as the person: the answer has their user id.",
        request=schemas.BlockRequest,
        responses={201: schemas.BlockAnswer, 200: schemas.BlockAnswer},
        problems=["too_large", "not_found", "client_id_reused"],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        body = read(request, schemas.BlockRequest)
        with acting_as(cast("User", request.user)):
            made = _block(body)
            (row,) = queries.named([made.block])
        answer = schemas.BlockAnswer(**_fields(row), duplicate=not made.is_new)
        return Response(answer, status=201 if made.is_new else 200)


class BlockView(ApiView):
    @documented(summary="Lift a block", responses={204: None}, problems=["not_found"], tags=TAGS)
    def delete(self, request: Request, target: UUID) -> Response:
        with acting_as(cast("User", request.user)):
            unblock(target_id=target)
        return Response(status=204)


def _block(body: schemas.BlockRequest) -> Blocking:
    if body.user is not None and body.member is None:
        return block_user(user_id=body.user, client_id=body.client_id)
    if body.member is not None and body.user is None:
        return block_member(member_id=body.member, client_id=body.client_id)
    raise invalid(user="Name either a user or a member.")


def _blocked(row: queries.BlockRow) -> schemas.Blocked:
    return schemas.Blocked(**_fields(row))


def _fields(row: queries.BlockRow) -> dict[str, Any]:
    block = row.block
    return {
        "id": block.blocked_id or block.blocked_member,
        "name": row.name,
        "user": block.blocked_id,
        "member": block.blocked_member,
        "created_at": block.created_at,
    }
