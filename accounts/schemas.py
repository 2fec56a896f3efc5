"""What goes in and out over REST: each struct validates, encodes and documents itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

#: Argon2 reads every byte of it.
Password = Annotated[str, Meta(min_length=1, max_length=256)]
DeviceId = Annotated[str, Meta(max_length=64)]
Token = Annotated[str, Meta(max_length=1024)]


class Register(msgspec.Struct, forbid_unknown_fields=True):
    """A new account."""

    email: Annotated[str, Meta(max_length=254)]
    password: Password
    display_name: Annotated[str, Meta(max_length=400)]


class Registration(msgspec.Struct):
    """The answer to every registration, whether or not the address had an account."""

    email: str
    display_name: str


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """Address and password of an account; what the client calls its device."""

    email: Annotated[str, Meta(max_length=254)]
    password: Password
    device_id: DeviceId = ""


class RefreshToken(msgspec.Struct, forbid_unknown_fields=True):
    """The refresh token of a session."""

    refresh: Token


class Tokens(msgspec.Struct):
    """`access` goes into `Authorization: Bearer`; `refresh` gets the next pair, once."""

    access: str
    refresh: str


class TicketRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Which device opens the socket."""

    device_id: DeviceId = ""


class SocketTicket(msgspec.Struct):
    """Opens one socket within `expires_in` seconds: `/ws/v1/?ticket=…`."""

    ticket: str
    expires_in: int


class Profile(msgspec.Struct):
    """Oneself."""

    id: UUID
    email: str
    display_name: str
    timezone: str
    share_read_receipts: bool
    share_presence: bool


class ProfileChange(msgspec.Struct, forbid_unknown_fields=True):
    """What to change; what is left out stays."""

    display_name: str | UnsetType = UNSET
    timezone: str | UnsetType = UNSET
    share_read_receipts: bool | UnsetType = UNSET
    share_presence: bool | UnsetType = UNSET


class BlockRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to block: a person (`user`) or an anonymous member (`member`), one of them."""

    user: UUID | None = None
    member: UUID | None = None
    client_id: UUID | None = None


class Blocked(msgspec.Struct):
    """Somebody blocked. `id` is the person's or the member's; an anonymous member is named Someone."""

    id: UUID
    name: str
    user: UUID | None
    member: UUID | None
    created_at: datetime


class BlockAnswer(Blocked):
    """The block, and whether it stood already."""

    duplicate: bool


class BlockPage(msgspec.Struct):
    """One page of blocks, newest first."""

    results: list[Blocked]
    next: str | None
    previous: str | None
