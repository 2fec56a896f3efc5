"""What members send to moderation and are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

ReasonName = Literal[
    "self_harm", "violence", "sexual", "harassment", "hate", "privacy", "impersonation", "spam", "other"
]
KindName = Literal["message", "member", "conversation", "invitation", "prayer", "person", "appeal"]
OutcomeName = Literal["acted", "dismissed"]


class FileReport(msgspec.Struct, forbid_unknown_fields=True):
    """Something that moderators should see. Reporting it again is answered with the first report."""

    reason: ReasonName
    note: Annotated[str, Meta(max_length=2_000)] = ""
    client_id: UUID | None = None


class Report(msgspec.Struct, kw_only=True):
    """A report of one's own, and what became of it: `outcome` and `reply` once it is closed."""

    id: UUID
    kind: KindName
    conversation: UUID | None
    seq: int | None
    member: UUID | None
    prayer: UUID | None
    reason: ReasonName
    note: str
    state: Literal["received", "closed"]
    outcome: OutcomeName | None
    reply: str
    created_at: datetime
    closed_at: datetime | None


class FiledReport(Report, kw_only=True):
    """The answer to a report; `duplicate` when it was made before."""

    duplicate: bool


class ReportPage(msgspec.Struct):
    """Own reports, newest first."""

    results: list[Report]
    next: str | None
    previous: str | None
