"""A change list that pages by key: page 10,000 costs what page 1 costs."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest

from .estimates import estimated_rows

#: Query parameters that hold a primary key: rows older than it, rows newer than it.
OLDER, NEWER = "older", "newer"


class KeysetChangeList(ChangeList):
    """Newest key first, `list_per_page` rows, links to older and newer ones.

    A list that fits one page is counted exactly, a longer one is estimated. Columns don't sort: only the
    primary key has an index that pages can follow.
    """

    older_url: str | None = None
    newer_url: str | None = None
    is_estimate = False

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Any]:
        for name in (OLDER, NEWER):  # no filters, and not to be carried along by the links of filters
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        return super().get_queryset(request, exclude_parameters)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str | Combinable]:
        return ["-pk"]

    def get_ordering_field_columns(self) -> dict[int, str]:  # type: ignore[override]  # stubs name Django's own dict
        return {}

    def get_results(self, request: HttpRequest) -> None:
        """Set what templates show. Two queries for a long list, one for a short one."""
        older, newer = request.GET.get(OLDER), request.GET.get(NEWER)
        try:
            rows, has_more = self._rows(older, newer)
        except (ValueError, ValidationError) as error:
            raise IncorrectLookupParameters from error
        has_older, has_newer = (True, has_more) if newer else (has_more, bool(older))
        if rows and has_older:
            self.older_url = self.get_query_string({OLDER: str(rows[-1].pk)})
        if rows and has_newer:
            self.newer_url = self.get_query_string({NEWER: str(rows[0].pk)})
        self.is_estimate = has_older or has_newer
        self.result_count = max(len(rows), estimated_rows(self.queryset)) if self.is_estimate else len(rows)
        self.result_list = rows
        #: Equal numbers keep "N results (show all)" away where nothing was searched for or filtered.
        is_whole = not (self.query or self.has_active_filters)
        self.full_result_count = self.result_count if is_whole else None
        self.show_full_result_count = self.show_admin_actions = False
        self.can_show_all = self.multi_page = False  # no page numbers
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)

    def _rows(self, older: str | None, newer: str | None) -> tuple[list[Model], bool]:
        """One page, newest first, and whether there is more in the direction asked for."""
        size = self.list_per_page
        found = self.queryset
        if newer:
            found = found.filter(pk__gt=newer).order_by("pk")
        elif older:
            found = found.filter(pk__lt=older)
        rows = list(found[: size + 1])
        page = rows[:size]
        if newer:
            page.reverse()
        self.model_admin.prepare(page)  # type: ignore[attr-defined]  # a FastModelAdmin's list
        return page, len(rows) > size
