"""Register and forget devices."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from notifications.models import PushDevice
from notifications.rules.endpoints import check_endpoint, check_keys
from notifications.schemas.devices import RegisterDevice
from prayermap.lib.db import call
from prayermap.lib.errors import ClientIdReused, Conflict, Invalid, NotFound, invalid
from prayermap.lib.ids import uuid7


def register_device(*, body: RegisterDevice, session_id: UUID) -> tuple[PushDevice, bool]:
    """(device, is new). It is good as long as this session. Raises Invalid, Conflict, ClientIdReused."""
    try:
        check_endpoint(body.endpoint, to_loopback=settings.PUSH_TO_LOOPBACK)
    except ValueError as error:
        raise invalid(endpoint=str(error)) from None
    try:
        check_keys(body.keys.p256dh, body.keys.auth)
    except ValueError as error:
        raise Invalid(errors={"keys": [str(error)]}) from None
    (made,) = call(
        "register_device",
        uuid7(),
        session_id,
        body.device_id,
        body.client_id,
        body.endpoint,
        body.keys.p256dh.rstrip("="),
        body.keys.auth.rstrip("="),
        settings.PUSH_DEVICES,
        types="uuid uuid text uuid text text text int",
    )
    if made.outcome == "reused":
        raise ClientIdReused
    if made.outcome == "conflict":
        raise Conflict("This address is registered with other keys.")
    return PushDevice.objects.get(pk=made.device_id), made.outcome == "made"


def forget_address(*, endpoint: str) -> None:
    """No more pushes to this address, which the browser of the device knows. Raises NotFound."""
    if not PushDevice.objects.filter(endpoint=endpoint).delete()[0]:
        raise NotFound


def forget_device(*, device_id: UUID) -> None:
    """No more pushes there. Raises NotFound."""
    if not PushDevice.objects.filter(pk=device_id).delete()[0]:
        raise NotFound
