from __future__ import annotations

from django.apps import AppConfig


class PrayersConfig(AppConfig):
    name = "prayers"

    def ready(self) -> None:
        from accounts.services.demo import demo_parts

        from .services.demo import load_demo_prayers

        demo_parts.append(load_demo_prayers)
