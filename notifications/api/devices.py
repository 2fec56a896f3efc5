"""Devices that get pushes, over REST."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Session
from notifications.queries.devices import as_device, as_registered, own_devices
from notifications.schemas import devices as shapes
from notifications.services import vapid
from notifications.services.devices import forget_address, forget_device, register_device
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import NotFound
from prayermap.lib.http.documentation import documented
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id

TAGS = ("notifications",)


class DeviceListView(ApiView):
    @documented(summary="Your devices that get pushes", responses={200: shapes.DeviceList}, tags=TAGS)
    def get(self, request: Request) -> Response:
        with acting_as(person_id(request)):
            return Response(shapes.DeviceList([as_device(row) for row in own_devices()]))

    @documented(
        summary="Register this device for pushes",
        description="A web-push subscription. It ends with this sign-in. At most 20; the one that answered least lately goes.",
        request=shapes.RegisterDevice,
        responses={200: shapes.RegisteredDevice, 201: shapes.RegisteredDevice},
        problems=("conflict", "client_id_reused"),
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        body = read(request, shapes.RegisterDevice)
        session = cast("Session", request.auth)
        with acting_as(person_id(request)):
            device, is_new = register_device(body=body, session_id=session.pk)
        return Response(as_registered(device, duplicate=not is_new), status=201 if is_new else 200)

    @documented(
        summary="No more pushes to this address",
        description="What `PushSubscription.endpoint` says, for a client that hasn't kept the device's id.",
        request=shapes.ForgetDevice,
        responses={204: None},
        problems=("not_found",),
        tags=TAGS,
    )
    def delete(self, request: Request) -> Response:
        body = read(request, shapes.ForgetDevice)
        with acting_as(person_id(request)):
            forget_address(endpoint=body.endpoint)
        return Response(status=204)


class DeviceView(ApiView):
    @documented(
        summary="No more pushes to this device", responses={204: None}, problems=("not_found",), tags=TAGS
    )
    def delete(self, request: Request, device_id: UUID) -> Response:
        with acting_as(person_id(request)):
            forget_device(device_id=device_id)
        return Response(status=204)


class ServerKeyView(ApiView):
    @documented(
        summary="The key to subscribe with",
        description="404 where the operator has not set up pushes.",
        responses={200: shapes.ServerKey},
        problems=("not_found",),
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        try:
            return Response(shapes.ServerKey(vapid.application_server_key()))
        except vapid.NoKey:
            raise NotFound("Pushes are not set up on this server.") from None
