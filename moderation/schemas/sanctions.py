"""What a person is told that was decided about them, and what they say to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from moderation.schemas.reports import ReasonName

SanctionName = Literal[
    "support",
    "hide_message",
    "remove_message",
    "hide_prayer",
    "hide_response",
    "warn",
    "mute",
    "suspend",
    "ban",
    "bulk_remove",
]


class Appeal(msgspec.Struct):
    """An appeal of one's own; `reply` once somebody else has decided."""

    id: UUID
    state: Literal["open", "upheld", "granted"]
    text: str
    reply: str
    created_at: datetime
    decided_at: datetime | None


class Sanction(msgspec.Struct, kw_only=True):
    """Something that was decided about the person who asks, with the reasons. `support` is none: it only cares.

    `state`: `lifted` was taken back, `ended` ran out. `can_appeal`: once, while it isn't lifted.
    """

    id: UUID
    kind: SanctionName
    reason: ReasonName
    statement: str
    conversation: UUID | None
    seq: int | None
    prayer: UUID | None
    until: datetime | None
    state: Literal["active", "ended", "lifted"]
    created_at: datetime
    can_appeal: bool
    appeal: Appeal | None


class SanctionPage(msgspec.Struct):
    """Own sanctions, newest first."""

    results: list[Sanction]
    next: str | None
    previous: str | None


class FileAppeal(msgspec.Struct, forbid_unknown_fields=True):
    """Why a sanction is wrong. Appealing again is answered with the first appeal."""

    text: Annotated[str, Meta(min_length=1, max_length=4_000)]
    client_id: UUID | None = None


class FiledAppeal(Appeal):
    """The answer to an appeal; `duplicate` when it was made before."""

    duplicate: bool
