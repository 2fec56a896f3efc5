"""The steady run's summary and chart, on samples made by hand: what they say must follow from the figures."""

from __future__ import annotations

from array import array
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bench.steady.chart import chart
from bench.steady.summary import checks, dead_rows, table, windows

SVG = "{http://www.w3.org/2000/svg}"
LEVELS = {
    "valkey_rss_mb": 8.0,
    "valkey_used_mb": 2.0,
    "server_descriptors": 150,
    "valkey_descriptors": 30,
    "connections": 20,
}


def _samples(*, rss: list[float]) -> list[dict[str, Any]]:
    """A look every ten seconds; `message` changes ten rows a second."""
    return [
        {
            **LEVELS,
            "at_s": (number + 1) * 10.0,
            "latency": {"ok": {"p50": 2.0, "p99": 9.0}, "arrival": {"p50": 3.0, "p99": 12.0 + number}},
            "server_rss_mb": mb,
            "wal_mb": number * 5.0,
            "cores": {"server": 0.3},
            "counts": {"send": 800 * number},
            "refused": {},
            "errors": {},
            "tables": {
                "message": {
                    "live": 1_000,
                    "dead": 40 * number,
                    "updated": 100 * number,
                    "hot": 80 * number,
                    "deleted": 0,
                    "vacuumed": 1,
                    "threshold": 250,
                }
            },
        }
        for number, mb in enumerate(rss)
    ]


def _run(rss: list[float]) -> dict[str, Any]:
    samples = _samples(rss=rss)
    ages = [{"arrival": array("f", [10.0 + number] * 99 + [90.0 + number] * 2)} for number in range(len(rss))]
    found = windows(samples, ages, 20)
    return {
        "samples": samples,
        "windows": found,
        "window_s": 20,
        "dead_rows": dead_rows(samples, found, 20, naptime_s=60),
        "behind": 0,
        "cores": {"server": 0.3},
    }


def test_windows_compare_all_latencies_of_the_first_looks_with_those_of_the_last():
    run = _run([100.0] * 8)
    assert run["windows"]["first"]["latency"]["arrival"] == {"p50": 11.0, "p99": 90.0, "n": 202}
    assert run["windows"]["last"]["latency"]["arrival"] == {"p50": 17.0, "p99": 96.0, "n": 202}


def test_dead_rows_are_explained_by_the_threshold_and_by_what_changes_until_autovacuum_looks_again():
    assert _run([100.0] * 8)["dead_rows"]["message"] == {
        "first": 40,
        "last": 280,
        "explained": 250 + 10 * (60 + 10),
        "changes_s": 10.0,
        "hot_percent": 80,
        "live": 1_000,
        "vacuumed": 1,
    }


def test_a_flat_run_holds():
    run = _run([100.0] * 8)
    run["checks"] = checks(run, growth=0.15)
    assert all(holds for holds, _ in run["checks"])
    assert "FAILS" not in table(run)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"server_rss_mb": 130.0}, "server_rss_mb: 100.0 to 130.0"),
        ({"server_descriptors": 190}, "server_descriptors: 150 to 190"),
    ],
)
def test_a_level_that_grows_fails(change, told):
    run = _run([100.0] * 8)
    run["windows"]["last"].update(change)
    assert [said for holds, said in checks(run, growth=0.15) if not holds] == [told]


def test_errors_refusals_holes_and_unexplained_dead_rows_fail():
    run = _run([100.0] * 8)
    run["samples"][-1].update(errors={"send: TimeoutError()": 1}, refused={"send: unavailable": 2})
    run["behind"] = 3
    run["dead_rows"]["message"]["last"] = 2_000
    assert [said for holds, said in checks(run, growth=0.15) if not holds] == [
        "errors: {'send: TimeoutError()': 1}",
        "refusals: {'send: unavailable': 2}",
        "conversations that a device had missed at the end: 3",
        "tables with more dead rows than autovacuum's settings explain: {'message': 2000}",
    ]


def test_the_chart_draws_every_look_inside_its_panels_and_can_be_read_aloud():
    samples = _samples(rss=[100.0, 120.0, 110.0, 140.0])
    root = ET.fromstring(chart(samples, title="Half an hour & more", told="Nothing < everything"))
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "t d"
    assert [root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")] == [
        "Half an hour & more",
        "Nothing < everything",
    ]
    assert "prefers-color-scheme: dark" in (root.findtext(f"{SVG}style") or "")
    _, _, width, height = map(int, root.attrib["viewBox"].split())
    lines = root.findall(f"{SVG}polyline")
    assert len(lines) == 8  # arrival, ok; memory and descriptors of two; dead rows and the threshold
    for line in lines:
        points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
        assert len(points) == len(samples)
        assert all(0 < x < width and 0 < y < height for x, y in points)
        assert [x for x, _ in points] == sorted(x for x, _ in points)


def test_more_memory_is_drawn_higher():
    root = ET.fromstring(chart(_samples(rss=[100.0, 200.0]), title="t", told="d"))
    server = root.findall(f"{SVG}polyline")[2]
    (_, before), (_, after) = [map(float, point.split(",")) for point in server.attrib["points"].split()]
    assert after < before
