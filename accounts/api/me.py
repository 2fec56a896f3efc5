"""One's own profile, and tickets for one's sockets."""

from __future__ import annotations

from typing import cast

import msgspec
from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import schemas
from accounts.models import Session, User
from accounts.services.profile import update_profile
from accounts.services.tickets import issue_ticket
from prayermap.lib.acting import acting_as
from prayermap.lib.http.documentation import documented
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView

TAGS = ["me"]


class MeView(ApiView):
    @documented(summary="Your profile", responses={200: schemas.Profile}, tags=TAGS)
    def get(self, request: Request) -> Response:
        return Response(_profile(cast("User", request.user)))

    @documented(
        summary="Change your profile",
        request=schemas.ProfileChange,
        responses={200: schemas.Profile},
        problems=["too_large"],
        tags=TAGS,
    )
    def patch(self, request: Request) -> Response:
        body = read(request, schemas.ProfileChange)
        changes = {
            name: value for name, value in msgspec.structs.asdict(body).items() if value is not msgspec.UNSET
        }
        with acting_as(cast("User", request.user)):
            user = update_profile(changes=changes)
        return Response(_profile(user))


class TicketView(ApiView):
    @documented(
        summary="A ticket that opens one socket",
        description="Good once, for 30 s; bound to you and to this session. At most 10 a minute.",
        request=schemas.TicketRequest,
        responses={200: schemas.SocketTicket},
        problems=["too_large"],
        tags=["socket"],
    )
    def post(self, request: Request) -> Response:
        body = read(request, schemas.TicketRequest)
        ticket = issue_ticket(session=cast("Session", request.auth), device_id=body.device_id)
        return Response(schemas.SocketTicket(ticket=ticket, expires_in=settings.TICKET_SECONDS))


def _profile(user: User) -> schemas.Profile:
    return schemas.Profile(
        id=user.pk,
        email=user.email,
        display_name=user.display_name,
        timezone=user.timezone,
        share_read_receipts=user.share_read_receipts,
        share_presence=user.share_presence,
    )
