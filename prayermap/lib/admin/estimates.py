"""How many rows, without counting them: COUNT(*) over ten million messages is a minute of disk."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


def estimated_rows(queryset: QuerySet[Any]) -> int:
    """What PostgreSQL's planner expects: its statistics, summed over partitions, less what the filter keeps out.

    Good to a few per cent after ANALYZE; a guess by file size before. One query that reads no row.
    """
    try:
        plan = json.loads(queryset.order_by().explain(format="json"))
    except EmptyResultSet:
        return 0
    return int(plan[0]["Plan"]["Plan Rows"])


class EstimatedPaginator(Paginator[Any]):
    """For the few pages of Django's own that still want page numbers."""

    @cached_property
    def count(self) -> int:
        if isinstance(self.object_list, QuerySet):
            return estimated_rows(self.object_list)
        return len(self.object_list)
