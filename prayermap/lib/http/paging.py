"""Keyset paging for lists that are ordinary querysets."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DataError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from prayermap.lib.errors import invalid

from .views import query_int

DEFAULT_LIMIT, MAX_LIMIT = 50, 100
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


class KeysetPagination(CursorPagination):
    """`{"results": […], "next": url|null, "previous": url|null}`; `limit` from 1 to 100."""

    page_size = DEFAULT_LIMIT
    cursor_query_param = "cursor"

    def __init__(self, ordering: tuple[str, ...] = ("-pk",)) -> None:
        self.ordering = ordering

    def get_page_size(self, request: Request) -> int:
        limit = query_int(request, "limit", DEFAULT_LIMIT, low=1, high=MAX_LIMIT)
        assert limit is not None
        return limit

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The page. Raises Invalid for a cursor that we did not make."""
        _check_cursor(request.query_params.get(self.cursor_query_param, ""))
        try:
            return super().paginate_queryset(queryset, request, view=view) or []
        except (NotFound, ValidationError, ValueError, DataError):
            raise invalid(cursor="Not a cursor of this list.") from None

    def asked(self, request: Request) -> tuple[int, Cursor | None]:
        """How many, and from where on, for who reads the rows in another way. Raises Invalid as above."""
        _check_cursor(request.query_params.get(self.cursor_query_param, ""))
        try:
            return self.get_page_size(request), self.decode_cursor(request)
        except NotFound:
            raise invalid(cursor="Not a cursor of this list.") from None

    def answer(self, results: list[Any]) -> Response:
        return Response(
            {"results": results, "next": self.get_next_link(), "previous": self.get_previous_link()}
        )


class Fetched:
    """Rows that were read from where `asked` says, one more than the page may have: in a queryset's place."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def order_by(self, *names: str) -> Fetched:
        return self

    def filter(self, **conditions: Any) -> Fetched:
        return self

    def __getitem__(self, part: slice) -> Sequence[Any]:
        return self._rows


def _check_cursor(raw: str) -> None:
    """Raise Invalid for what DRF would take for the first page: it decodes base64 leniently, and skips what it doesn't
    know.
    """
    if not raw:
        return
    if _BASE64.fullmatch(raw):
        try:
            known = parse_qs(b64decode(raw).decode("ascii"), strict_parsing=True, keep_blank_values=True)
        except ValueError:
            known = {}
        if known and known.keys() <= {"o", "r", "p"}:
            return
    raise invalid(cursor="Not a cursor of this list.")


def id_cursor(request: Request) -> UUID | None:
    """The cursor of a list that a function pages by key, forward only. Raises Invalid for one that we did not make."""
    raw = request.query_params.get("cursor")
    try:
        return UUID(raw) if raw else None
    except ValueError:
        raise invalid(cursor="Not a cursor of this list.") from None


def next_link(request: Request, cursor: UUID) -> str:
    """The address of the page behind `cursor`, with everything else that was asked for."""
    asked = {name: value for name, value in request.query_params.items() if name != "cursor"}
    return str(request.build_absolute_uri(f"{request.path}?{urlencode(asked | {'cursor': str(cursor)})}"))


def page_limit(request: Request) -> int:
    """`limit` from 1 to 100, by default 50."""
    return query_int(request, "limit", DEFAULT_LIMIT, low=1, high=MAX_LIMIT) or DEFAULT_LIMIT
