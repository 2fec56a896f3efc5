from __future__ import annotations

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Commands and checks that concern the whole product."""

    name = "prayermap"
    label = "wiring"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers them
