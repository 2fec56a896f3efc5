"""What changed in a conversation, the short way: as a socket is told it."""

from __future__ import annotations

import re
from typing import NamedTuple
from uuid import UUID

from rest_framework.request import Request

from messaging.api.catchup import asked_changes
from messaging.api.short_requests import CONVERSATION, Endpoint, Plain
from messaging.queries import returning
from messaging.schemas.catchup import Changes
from prayermap.lib.pipelines import Pipelines


class Asked(NamedTuple):
    conversation: UUID
    after_rev: int
    limit: int


def _asked(request: Request, found: re.Match[str]) -> Asked:
    return Asked(UUID(found[1]), *asked_changes(request))


async def _answer(lines: Pipelines, plain: Plain) -> Changes | None:
    person, session = plain.reader
    return await returning.changes(lines, person, *plain.asked, session=session)


CHANGES = Endpoint(
    "changes", re.compile(CONVERSATION + "changes/"), frozenset({"after_rev", "limit"}), _asked, _answer
)
