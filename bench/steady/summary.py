"""A steady run in a table: its first minutes against its last, and what must hold for it to be called steady."""

from __future__ import annotations

from typing import Any

from bench.stats import percentile, short
from bench.steady.looks import EVERY_S
from bench.steady.notes import Ages

WINDOW_S = 300.0
TIMED = ("ok", "arrival", "history", "list", "come back", "upload")
_LEVELS = (
    "server_rss_mb", "valkey_rss_mb", "valkey_used_mb", "server_descriptors", "valkey_descriptors", "connections",
)  # fmt: skip
#: A few come and go with connections that are just being opened or closed.
DESCRIPTORS_MORE = 10
#: Below this a doubling is noise: allocators hand memory back when they like.
LEAST_MB = 2.0


def window_s(seconds: float) -> float:
    """Five minutes at each end, less of a run that is shorter than twenty."""
    return min(WINDOW_S, seconds / 4)


def windows(samples: list[dict[str, Any]], ages: list[Ages], length_s: float) -> dict[str, dict[str, Any]]:
    """`first` and `last`: percentiles of all latencies in them, and the median of each level."""
    end = samples[-1]["at_s"]
    first = [at for at, sample in enumerate(samples) if sample["at_s"] <= length_s + EVERY_S / 2]
    last = [at for at, sample in enumerate(samples) if sample["at_s"] > end - length_s + EVERY_S / 2]
    return {
        name: _window([samples[at] for at in chosen], [ages[at] for at in chosen])
        for name, chosen in (("first", first), ("last", last))
    }


def _window(samples: list[dict[str, Any]], ages: list[Ages]) -> dict[str, Any]:
    latency = {}
    for what in TIMED:
        values = [value for one in ages for value in one.get(what, ())]
        points = {f"p{point}": round(percentile(values, point) or 0, 2) for point in (50, 99)}
        latency[what] = {**points, "n": len(values)}
    return {
        "latency": latency,
        **{name: percentile([sample[name] for sample in samples], 50) for name in _LEVELS},
        "dead": {name: max(_dead(sample, name) for sample in samples) for name in samples[-1]["tables"]},
    }


def _dead(sample: dict[str, Any], table: str) -> int:
    found = sample["tables"].get(table)
    return int(found["dead"]) if found else 0


def dead_rows(
    samples: list[dict[str, Any]], found: dict[str, dict[str, Any]], length_s: float, naptime_s: float
) -> dict[str, dict[str, int]]:
    """Of each table: the most dead rows in both windows, and how many autovacuum's settings explain.

    It comes when there are more than its threshold, looks once in `naptime_s`, and meanwhile every update and deletion
    leaves one more at most.
    """
    before = next(sample for sample in reversed(samples) if sample["at_s"] <= samples[-1]["at_s"] - length_s)
    seconds = samples[-1]["at_s"] - before["at_s"]
    rows = {}
    for name, now in samples[-1]["tables"].items():
        then = before["tables"].get(name, {"updated": 0, "deleted": 0})
        changes_s = (now["updated"] + now["deleted"] - then["updated"] - then["deleted"]) / seconds
        rows[name] = {
            "first": found["first"]["dead"].get(name, 0),
            "last": found["last"]["dead"][name],
            "explained": round(now["threshold"] + changes_s * (naptime_s + EVERY_S)),
            "changes_s": round(changes_s, 1),
            "hot_percent": round(100 * now["hot"] / max(1, now["updated"])),
            "live": now["live"],
            "vacuumed": now["vacuumed"],
        }
    return rows


def checks(run: dict[str, Any], *, growth: float) -> list[tuple[bool, str]]:
    """What must hold, each with a sentence. `growth` is the share by which memory may grow."""
    first, last, end = run["windows"]["first"], run["windows"]["last"], run["samples"][-1]
    told = [
        (not end["errors"], f"errors: {end['errors'] or 'none'}"),
        (not end["refused"], f"refusals: {end['refused'] or 'none'}"),
        (run["behind"] == 0, f"conversations that a device had missed at the end: {run['behind']}"),
    ]
    for name in ("server_rss_mb", "valkey_rss_mb", "valkey_used_mb"):
        allowed = max(first[name] * (1 + growth), first[name] + LEAST_MB)
        told.append((last[name] <= allowed, f"{name}: {first[name]:.1f} to {last[name]:.1f}"))
    for name in ("server_descriptors", "valkey_descriptors", "connections"):
        grows = last[name] > first[name] + DESCRIPTORS_MORE
        told.append((not grows, f"{name}: {first[name]} to {last[name]}"))
    over = {name: row["last"] for name, row in run["dead_rows"].items() if row["last"] > row["explained"]}
    told.append(
        (not over, f"tables with more dead rows than autovacuum's settings explain: {over or 'none'}")
    )
    return told


def table(run: dict[str, Any]) -> str:
    """The run for a terminal."""
    first, last = run["windows"]["first"], run["windows"]["last"]
    lines = [f"{'':<28}{'first':>12}{'last':>12}{'ratio':>8}   ({run['window_s']:.0f} s at each end)"]
    for what in TIMED:
        for point in ("p50", "p99"):
            pair = first["latency"][what][point], last["latency"][what][point]
            lines.append(_line(f"{what}, {point} ms", *pair))
    lines += [_line(name, first[name], last[name]) for name in _LEVELS]
    lines.append(
        f"\n{'dead rows of':<28}{'first':>12}{'last':>12}{'explained':>12}{'changes/s':>11}{'HOT %':>7}{'vacuums':>9}"
    )
    busiest = sorted(run["dead_rows"].items(), key=lambda item: -item[1]["changes_s"])
    for name, row in busiest[:12]:
        lines.append(
            f"{name:<28}{row['first']:>12,}{row['last']:>12,}{row['explained']:>12,}{row['changes_s']:>11}"
            f"{row['hot_percent']:>7}{row['vacuumed']:>9}"
        )
    end, seconds = run["samples"][-1], run["samples"][-1]["at_s"]
    acts = ", ".join(f"{name} {count:,}" for name, count in sorted(end["counts"].items()))
    lines += [f"\n{acts}", f"WAL {end['wal_mb']:,.0f} MB in {seconds:,.0f} s; cores {run['cores']}", ""]
    return "\n".join(lines + [f"{'holds' if holds else 'FAILS'}  {told}" for holds, told in run["checks"]])


def _line(name: str, first: float, last: float) -> str:
    ratio = f"{last / first:.2f}" if first else "-"
    return f"{name:<28}{short(first):>12}{short(last):>12}{ratio:>8}"
