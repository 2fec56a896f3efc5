"""What a push carries, encrypted for the device (RFC 8291). Only ids, unless the person wants previews."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from .inbox import KindName


class PushPayload(msgspec.Struct, omit_defaults=True, tag_field="type"):
    """The base: `unread_count` is for the app's badge."""

    unread_count: int


class Show(PushPayload, tag="notification", kw_only=True):
    """Show this notification; one with the same `tag` takes its place."""

    id: UUID
    kind: KindName
    conversation: UUID | None
    tag: str
    title: str | UnsetType = UNSET
    sender_name: str | UnsetType | None = UNSET
    preview: str | UnsetType | None = UNSET


class Summary(PushPayload, tag="summary"):
    """Several waited: show one summary of what is unread."""


class Withdraw(PushPayload, tag="withdraw", kw_only=True):
    """It was read elsewhere: take away what has this `tag`."""

    id: UUID
    tag: str


PushType = Literal["notification", "summary", "withdraw"]
