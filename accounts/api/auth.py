"""Registration, sign-in, refresh, sign-out."""

from __future__ import annotations

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import schemas
from accounts.services.registration import register
from accounts.services.sessions import TokenPair, refresh_session, sign_out
from accounts.services.signing_in import sign_in
from prayermap.lib.errors import NotAuthenticated
from prayermap.lib.http.clients import client_ip
from prayermap.lib.http.documentation import documented
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import PublicApiView
from prayermap.lib.times import utc_now

TAGS = ["sign-in"]


class RegisterView(PublicApiView):
    @documented(
        summary="Register",
        description="A known address is answered alike; its owner is told by mail. Sign-in works at once.",
        request=schemas.Register,
        responses={201: schemas.Registration},
        problems=["too_large"],
        tags=TAGS,
        auth=False,
    )
    def post(self, request: Request) -> Response:
        body = read(request, schemas.Register)
        with transaction.atomic():
            made = register(
                email=body.email,
                password=body.password,
                display_name=body.display_name,
                ip=client_ip(request),
            )
        return Response(schemas.Registration(*made), status=201)


class TokenView(PublicApiView):
    @documented(
        summary="Sign in",
        description="Wrong password, unknown address and suspended account are answered alike, in equal time.",
        request=schemas.SignIn,
        responses={200: schemas.Tokens},
        problems=["too_large"],
        tags=TAGS,
        auth=False,
    )
    def post(self, request: Request) -> Response:
        body = read(request, schemas.SignIn)
        pair = sign_in(
            email=body.email,
            password=body.password,
            device_id=body.device_id,
            ip=client_ip(request),
            now=utc_now(),
        )
        return _tokens(pair)


class RefreshView(PublicApiView):
    @documented(
        summary="Get the next pair of tokens",
        description="Repeating the last refresh within 60 s returns the same pair; reuse of an older token ends "
        "the session.",
        request=schemas.RefreshToken,
        responses={200: schemas.Tokens},
        problems=["too_large"],
        tags=TAGS,
        auth=False,
    )
    def post(self, request: Request) -> Response:
        body = read(request, schemas.RefreshToken)
        with transaction.atomic():
            pair = refresh_session(token=body.refresh, now=utc_now())
        if pair is None:
            raise NotAuthenticated
        return _tokens(pair)


class LogoutView(PublicApiView):
    @documented(
        summary="Sign out",
        description="Access tokens of the session stop at once, its sockets close with 4501.",
        request=schemas.RefreshToken,
        responses={204: None},
        problems=["too_large"],
        tags=TAGS,
        auth=False,
    )
    def post(self, request: Request) -> Response:
        body = read(request, schemas.RefreshToken)
        with transaction.atomic():
            sign_out(token=body.refresh, now=utc_now())
        return Response(status=204)


def _tokens(pair: TokenPair) -> Response:
    return Response(schemas.Tokens(access=pair.access, refresh=pair.refresh))
