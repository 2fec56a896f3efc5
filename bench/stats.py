"""Percentiles, and minimum / median / maximum of repeated runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def percentile(values: Iterable[float], point: float) -> float | None:
    """The value below which `point` per cent lie (nearest rank); None without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * point / 100))] if ordered else None


def latency(values_ms: Sequence[float]) -> dict[str, float | int | None]:
    """p50, p95, p99 and the count of latencies in milliseconds."""
    points = {f"p{point}_ms": percentile(values_ms, point) for point in (50, 95, 99)}
    return {
        **{name: None if value is None else round(value, 3) for name, value in points.items()},
        "n": len(values_ms),
    }


def spread(values: Iterable[float | int | None]) -> tuple[float, float, float] | None:
    """(minimum, median, maximum) of what is there, None when nothing is."""
    there = sorted(value for value in values if value is not None)
    return (there[0], there[len(there) // 2], there[-1]) if there else None


def short(value: float) -> str:
    """Three figures are all that a benchmark on a shared machine can promise."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
