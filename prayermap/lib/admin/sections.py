"""Read-only tables at the end of a row's page: what hangs on it and has no page of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

#: How many rows a section shows.
MOST = 50


@dataclass(frozen=True)
class Section:
    """A titled table. `has_more`: there are more rows than are shown. `note` stands below it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    has_more: bool = False
    note: str = ""


#: Makes a section for one row's page, or None where there is nothing to say (or no permission to say it).
SectionMaker = Callable[[HttpRequest, Any], Section | None]


def section(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, note: str = "") -> Section:
    """The first 50 of `rows`; hand in 51 (`[: MOST + 1]`), so that it can say when there are more."""
    found = list(rows)
    return Section(title, columns, found[:MOST], len(found) > MOST, note)
