"""Bars as SVG, drawn here: no script, no style attribute, nothing from elsewhere. The page adds the table to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from moderation.enums import Priority

WIDTH, HEIGHT, GAP = 560, 120, 2


class Bar(NamedTuple):
    """A rectangle; `series` names its colour."""

    x: float
    y: float
    width: float
    height: float
    series: str


class Chart(NamedTuple):
    """Bars in a box of `width` by `height`, and the rows that they stand for."""

    width: int
    height: int
    bars: list[Bar]
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    highest: int


def flow_chart(days: Sequence[Any]) -> Chart:
    """Two bars a day: opened, closed."""
    highest = max((max(day.opened, day.closed) for day in days), default=0)
    slot = WIDTH / max(1, len(days))
    bars = [
        _bar(slot * index + offset * (slot - GAP) / 2, (slot - GAP) / 2 - 1, number, highest, series)
        for index, day in enumerate(days)
        for offset, (series, number) in enumerate((("opened", day.opened), ("closed", day.closed)))
    ]
    rows = [(day.day, day.opened, day.closed) for day in days]
    return Chart(WIDTH, HEIGHT, bars, ("Day", "Opened", "Closed"), rows, highest)


def backlog_chart(rows: Sequence[Any]) -> Chart:
    """One bar for each priority, the gravest first."""
    highest = max((row.number for row in rows), default=0)
    slot = WIDTH / max(1, len(rows))
    bars = [
        _bar(slot * index + slot / 4, slot / 2, row.number, highest, f"priority-{row.priority}")
        for index, row in enumerate(rows)
    ]
    shown = [(Priority(row.priority).label, row.number, row.oldest) for row in rows]
    return Chart(WIDTH, HEIGHT, bars, ("Priority", "Open", "Oldest"), shown, highest)


def day_chart(days: Sequence[tuple[Any, int]], what: str) -> Chart:
    """One bar a day."""
    highest = max((number for _, number in days), default=0)
    slot = WIDTH / max(1, len(days))
    bars = [
        _bar(slot * index, slot - GAP, number, highest, "opened") for index, (_, number) in enumerate(days)
    ]
    return Chart(WIDTH, HEIGHT, bars, ("Day", what), list(days), highest)


def _bar(x: float, width: float, number: int, highest: int, series: str) -> Bar:
    height = HEIGHT * number / highest if highest else 0
    return Bar(round(x, 1), round(HEIGHT - height, 1), round(width, 1), round(height, 1), series)
