"""The chart of a steady run: four panels over one clock, as an SVG of our own, for light and dark pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, TOP, PANEL, GAP, FOOT = 760, 52, 118, 34, 104, 40, 34
_STYLE = """
  svg { --page: #ffffff; --ink: #1f2328; --grid: #d8dee4; --a: #0550ae; --b: #bc4c00; --c: #1a7f37; background: var(--page) }
  @media (prefers-color-scheme: dark) {
    svg { --page: #0d1117; --ink: #e6edf3; --grid: #30363d; --a: #79c0ff; --b: #ffa657; --c: #7ee787 }
  }
  .page { fill: var(--page) } text { fill: var(--ink); font: 12px system-ui, sans-serif } .head { font-weight: 600 }
  .tick { font-size: 11px } .grid { stroke: var(--grid) } .line { fill: none; stroke-width: 1.6; stroke-linejoin: round }
  .a { stroke: var(--a) } .b { stroke: var(--b); stroke-dasharray: 6 2 } .c { stroke: var(--c); stroke-dasharray: 2 2 }
  .a-text { fill: var(--a) } .b-text { fill: var(--b) } .c-text { fill: var(--c) }
"""
Points = list[tuple[float, float]]


@dataclass
class Panel:
    """A heading, and up to three lines by their names; `is_log` for values of several magnitudes."""

    head: str
    lines: dict[str, Points]
    is_log: bool = False


def chart(samples: Sequence[dict[str, Any]], *, title: str, told: str) -> str:
    """The SVG. `told` is the description that screen readers speak; every line differs by dashes as well as by colour."""
    panels = _panels(samples)
    minutes = samples[-1]["at_s"] / 60
    height = TOP + len(panels) * (PANEL + GAP) + FOOT - GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t d">',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(told)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
    ]
    for number, panel in enumerate(panels):
        parts += _drawn(panel, TOP + number * (PANEL + GAP), minutes)
    parts += _clock(TOP + len(panels) * (PANEL + GAP) - GAP, minutes)
    return "\n".join([*parts, "</svg>", ""])


def _panels(samples: Sequence[dict[str, Any]]) -> list[Panel]:
    def line(value: Callable[[dict[str, Any]], float | None]) -> Points:
        found = [(sample["at_s"] / 60, value(sample)) for sample in samples]
        return [(at, float(number)) for at, number in found if number is not None]

    def p99(what: str) -> Points:
        return line(lambda sample: sample["latency"].get(what, {}).get("p99"))

    def total(column: str) -> Points:
        return line(lambda sample: sum(row[column] for row in sample["tables"].values()))

    return [
        Panel(
            "99 of 100 took less than, ms (each point 10 s)",
            {"to arrival": p99("arrival"), "to ok": p99("ok"), "history": p99("history")},
            is_log=True,
        ),
        Panel(
            "Memory, MB", {name: line(lambda s, n=name: s[f"{n}_rss_mb"]) for name in ("server", "valkey")}
        ),
        Panel(
            "Open descriptors",
            {name: line(lambda s, n=name: s[f"{n}_descriptors"]) for name in ("server", "valkey")},
        ),
        Panel(
            "Dead rows of all tables, and from how many on autovacuum comes",
            {"dead": total("dead"), "threshold": total("threshold")},
        ),
    ]


def _drawn(panel: Panel, top: float, minutes: float) -> list[str]:
    values = [value for points in panel.lines.values() for _, value in points] or [1.0]
    ticks = _log_ticks(min(values), max(values)) if panel.is_log else _ticks(max(values))

    def height(value: float) -> float:
        if panel.is_log:
            low, high, value = log10(ticks[0]), log10(ticks[-1]), log10(max(value, ticks[0]))
        else:
            low, high = ticks[0], ticks[-1]
        return round(top + PANEL * (1 - (value - low) / (high - low)), 1)

    parts = [f'<text class="head" x="{LEFT}" y="{top - 10}">{escape(panel.head)}</text>']
    for tick in ticks:
        y = height(tick)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{tick:,.10g}</text>')
    ends = []
    for mark, (name, points) in zip("abc", panel.lines.items(), strict=False):
        if points:
            drawn = " ".join(f"{_across(at, minutes)},{height(value)}" for at, value in points)
            parts.append(f'<polyline class="line {mark}" points="{drawn}"/>')
            last = points[-1][1]
            ends.append((height(last), mark, f"{name} {last:,.{0 if last >= 100 else 1}f}"))
    return parts + _names(sorted(ends), top)


def _names(ends: list[tuple[float, str, str]], top: float) -> list[str]:
    """At the end of each line its name and last value, moved apart where they would overlap."""
    parts, lowest = [], top - 12.0
    for place, (y, mark, words) in enumerate(ends):
        room_below = 14 * (len(ends) - 1 - place)
        lowest = max(lowest + 14, min(y + 4, top + PANEL - room_below + 4))
        parts.append(f'<text class="{mark}-text" x="{WIDTH - RIGHT + 8}" y="{lowest}">{escape(words)}</text>')
    return parts


def _clock(top: float, minutes: float) -> list[str]:
    step = next(step for step in (0.5, 1, 2, 5, 10, 20, 60, 1e9) if minutes / step <= 8)
    parts = [
        f'<text class="tick" x="{_across(number * step, minutes)}" y="{top + 16}" text-anchor="middle">{number * step:g}</text>'
        for number in range(int(minutes / step) + 1)
    ]
    return [*parts, f'<text class="tick" x="{WIDTH - RIGHT + 8}" y="{top + 16}">minutes</text>']


def _across(at: float, minutes: float) -> float:
    return round(LEFT + (WIDTH - RIGHT - LEFT) * at / minutes, 1)


def _ticks(most: float) -> list[float]:
    """From zero to a round number above `most`, three or four steps."""
    rough = max(most, 1e-9) / 3
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    return [step * number for number in range(ceil(most / step) + 1)]


def _log_ticks(least: float, most: float) -> list[float]:
    low = floor(log10(max(least, 0.1)))
    high = max(low + 1, ceil(log10(max(most, 0.1))))
    return [10.0**power for power in range(low, high + 1)]
