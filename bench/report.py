"""The printed table: minimum / median / maximum over the repetitions of each figure."""

from __future__ import annotations

from typing import Any

from bench.stats import short, spread

_SHOWN = (
    "per_s", "messages_per_s", "deliveries_per_s", "p50_ms", "p95_ms", "p99_ms", "first_ms", "lost", "not_a_full_page",
)  # fmt: skip


def table(results: dict[str, Any]) -> str:
    """`results` as `bench.load` writes it; one line for each workload and figure."""
    lines = [f"{'workload':<24}{'figure':<20}{'min':>10}{'median':>10}{'max':>10}"]
    for workload, runs in results["workloads"].items():
        lines += [_line(workload, name, runs) for name in _figures(runs[0])]
        lines += [f"{workload:<24}REFUSED  {text}" for run in runs for text in run.get("refused", [])]
    return "\n".join(lines)


def _figures(run: dict[str, Any]) -> list[str]:
    flat = _flat(run)
    return [
        name for name in flat if name.split(" ")[-1] in _SHOWN or "rss_mb" in name or name.startswith("cores")
    ]


def _line(workload: str, name: str, runs: list[dict[str, Any]]) -> str:
    values = spread(_flat(run).get(name) for run in runs)
    shown = "".join(f"{short(value):>10}" for value in values) if values else f"{'-':>10}"
    return f"{workload:<24}{name:<20}{shown}"


def _flat(run: dict[str, Any]) -> dict[str, float | None]:
    """Nested figures under a name of two words: {"latest": {"p50_ms": 1}} -> {"latest p50_ms": 1}."""
    flat: dict[str, float | None] = {}
    for name, value in run.items():
        if isinstance(value, dict):
            flat |= {f"{name} {inner}": number for inner, number in _flat(value).items()}
        elif value is None or isinstance(value, int | float):
            flat[name] = value
    return flat
