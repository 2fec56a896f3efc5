"""A page of history, the short way."""

from __future__ import annotations

import re
from typing import NamedTuple
from uuid import UUID

from rest_framework.request import Request

from messaging.api.messages import asked_page, page_links
from messaging.api.short_requests import CONVERSATION, Endpoint, Plain
from messaging.queries.history import history_page
from messaging.schemas.messages import MessagePage
from prayermap.lib.pipelines import Pipelines


class Asked(NamedTuple):
    conversation: UUID
    cursor: tuple[str, int] | None
    limit: int


def _asked(request: Request, found: re.Match[str]) -> Asked:
    return Asked(UUID(found[1]), *asked_page(request))


async def _answer(lines: Pipelines, plain: Plain) -> MessagePage | None:
    asked: Asked = plain.asked
    cursor = dict([asked.cursor] if asked.cursor else [])
    page = await history_page(lines, plain.reader, asked.conversation, limit=asked.limit, **cursor)
    if page is None:
        return None
    links = page_links(plain.request, page.messages, page, asked.cursor, asked.limit)
    return MessagePage(page.messages, *links)


HISTORY = Endpoint(
    "history",
    re.compile(CONVERSATION + "messages/"),
    frozenset({"limit", "before", "after"}),
    _asked,
    _answer,
)
