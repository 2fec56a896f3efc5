"""The list of one's own conversations, the short way: pages that go forward, with every filter."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from rest_framework.request import Request

from messaging.api.conversations import asked_filters, list_pagination
from messaging.api.short_requests import Endpoint, Plain
from messaging.queries.listing import Filters, own_conversations, shown
from messaging.schemas.conversations import ConversationPage
from prayermap.lib.http.paging import Fetched, KeysetPagination
from prayermap.lib.pipelines import Pipelines


class Asked(NamedTuple):
    filters: Filters
    pagination: KeysetPagination
    before: datetime | None
    skip: int
    limit: int


def _asked(request: Request, found: re.Match[str]) -> Asked | None:
    """None for a page that goes back."""
    pagination = list_pagination()
    limit, cursor = pagination.asked(request)
    if cursor is None:
        return Asked(asked_filters(request), pagination, None, 0, limit)
    position = None if cursor.position is None else str(cursor.position)
    before = None if position is None else datetime.fromisoformat(position)
    if cursor.reverse or (before and str(before) != position):
        return None
    return Asked(asked_filters(request), pagination, before, cursor.offset, limit)


async def _answer(lines: Pipelines, plain: Plain) -> ConversationPage:
    asked: Asked = plain.asked
    rows = await own_conversations(
        lines, plain.reader, asked.filters, before=asked.before, skip=asked.skip, most=asked.limit + 1
    )
    pagination = asked.pagination
    page = pagination.paginate_queryset(Fetched(rows), plain.request)
    results = await shown(lines, plain.reader.person, page)
    return ConversationPage(results, pagination.get_next_link(), pagination.get_previous_link())


LIST = Endpoint(
    "list of conversations",
    re.compile(r"/api/v1/conversations/"),
    frozenset({"limit", "cursor", "kind", "state", "archived", "prayer"}),
    _asked,
    _answer,
)
