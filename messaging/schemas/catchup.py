"""Catching up after a silence: which conversations changed, and what changed in one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from .conversations import Conversation, Member
from .messages import Message

Rev = Annotated[int, Meta(ge=0, le=2**62)]


class Sync(msgspec.Struct, forbid_unknown_fields=True):
    """The `rev` one holds of each conversation. `cursor` is `next` of the page before."""

    positions: Annotated[dict[UUID, Rev], Meta(max_length=1_000)] = {}
    me_rev: Rev | None = None
    cursor: Annotated[str, Meta(max_length=200)] | None = None


class Changed(msgspec.Struct):
    conversation: UUID
    rev: int
    epoch: int
    latest_seq: int
    unread_count: int


class SyncResult(msgspec.Struct):
    """`gone`: conversations in `positions` that are not (any longer) one's own."""

    changed: list[Changed]
    gone: list[UUID]
    me_rev: int
    unread_total: int
    server_time: datetime
    next: str | None


class Receipt(msgspec.Struct):
    member: UUID
    delivered_seq: int
    read_seq: int


class Changes(msgspec.Struct, kw_only=True):
    """What changed after `from_rev` up to `to_rev`, each thing in its present state.

    `complete`: `to_rev` is the newest. `reset`: drop what you hold and load the conversation anew.
    """

    from_rev: int
    to_rev: int
    epoch: int
    complete: bool
    reset: bool
    messages: list[Message]
    members: list[Member]
    receipts: list[Receipt]
    conversation: Conversation | None
