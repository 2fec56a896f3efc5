"""How delivery fares, for /metrics: how much waits, for how long, and how what was tried has ended."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError
from prometheus_client.core import REGISTRY, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from prayermap.lib.db import call

_PREFIX = "prayermap_notifications"


class DeliveryCollector(Collector):
    """Asked at each scrape; numbers of all workers together, so any server may be asked."""

    def describe(self) -> list[Metric]:
        """Nothing is asked when it is registered: the database may not be there yet."""
        return []

    def collect(self) -> Iterator[Metric]:
        try:
            backlog, totals = call("delivery_backlog"), call("delivery_totals")
        except DatabaseError:
            return
        waiting = GaugeMetricFamily(f"{_PREFIX}_waiting", "Due and not yet done.", labels=["queue"])
        oldest = GaugeMetricFamily(
            f"{_PREFIX}_oldest_seconds", "How long the oldest of them has been due.", labels=["queue"]
        )
        for row in backlog:
            waiting.add_metric([row.queue], row.waiting)
            oldest.add_metric([row.queue], row.oldest_s)
        ended = CounterMetricFamily(
            f"{_PREFIX}_ended", "Deliveries by their end.", labels=["channel", "outcome", "reason"]
        )
        for row in totals:
            ended.add_metric([row.channel, row.outcome, row.reason], row.total)
        yield from (waiting, oldest, ended)


def register() -> None:
    REGISTRY.register(DeliveryCollector())
