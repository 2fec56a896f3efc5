"""Requests of people about their data."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

ErasureStateName = Literal["pending", "held", "running", "settling", "done", "cancelled"]


class RequestErasure(msgspec.Struct, forbid_unknown_fields=True):
    """Ask to be erased."""

    client_id: UUID | None = None


class Erasure(msgspec.Struct, kw_only=True):
    """A request to be erased. Until `due_at` it can be taken back; by `deadline_at` it is done.

    `preview` counts what will be erased, by table; null for the moment it takes to count. `held`: a legal hold keeps
    the request waiting.
    """

    id: UUID
    state: ErasureStateName
    requested_at: datetime
    due_at: datetime
    deadline_at: datetime
    cancelled_at: datetime | None
    preview: dict[str, int] | None


class RequestedErasure(Erasure, kw_only=True):
    """The answer to a request; `duplicate` when it was open already."""

    duplicate: bool


class RequestExport(msgspec.Struct, forbid_unknown_fields=True):
    """Ask for a copy of one's data."""

    client_id: UUID | None = None


class Export(msgspec.Struct, kw_only=True):
    """A copy of one's data. `url` opens it once, where it is ready; it can be fetched until `expires_at`."""

    id: UUID
    state: Literal["pending", "running", "ready", "failed", "expired"]
    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    size: int | None
    sha256: str | None
    url: str | None


class RequestedExport(Export, kw_only=True):
    """The answer to a request; `duplicate` when it was being made already."""

    duplicate: bool
