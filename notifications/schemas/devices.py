"""Devices that get pushes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

KeyText = Annotated[str, Meta(min_length=1, max_length=200)]


class SubscriptionKeys(msgspec.Struct, forbid_unknown_fields=True):
    """As `PushSubscription.toJSON()` gives them."""

    p256dh: KeyText
    auth: KeyText


class RegisterDevice(
    msgspec.Struct, forbid_unknown_fields=True, rename={"expiration_time": "expirationTime"}
):
    """A web-push subscription, as `PushSubscription.toJSON()` gives it, and what you call the device."""

    endpoint: Annotated[str, Meta(min_length=1, max_length=2_048)]
    keys: SubscriptionKeys
    expiration_time: float | None = None
    device_id: Annotated[str, Meta(max_length=64)] = ""
    client_id: UUID | None = None


class ForgetDevice(msgspec.Struct, forbid_unknown_fields=True):
    """A subscription by its address, for a client that hasn't kept the id."""

    endpoint: Annotated[str, Meta(min_length=1, max_length=2_048)]


class Device(msgspec.Struct):
    """A device of yours. `service` is the host of its push service; the address itself is a secret."""

    id: UUID
    device_id: str
    service: str
    created_at: datetime
    last_success_at: datetime | None


class RegisteredDevice(Device):
    """The answer to a POST; `duplicate` when it was registered already."""

    duplicate: bool


class DeviceList(msgspec.Struct):
    """All of one's devices, newest first."""

    results: list[Device]
    next: str | None = None
    previous: str | None = None


class ServerKey(msgspec.Struct):
    """`applicationServerKey` of `pushManager.subscribe()`."""

    key: str


class Decision(msgspec.Struct):
    """Why a notification was pushed or mailed, or not. `detail` is for people; `until`: looked at again then."""

    id: UUID
    notification: UUID
    kind: str
    conversation: UUID | None
    channel: str
    outcome: str
    reason: str
    detail: str
    at: datetime
    until: datetime | None


class DecisionPage(msgspec.Struct):
    """Decisions of the last seven days, newest first."""

    results: list[Decision]
    next: str | None
    previous: str | None
