from __future__ import annotations

from django.apps import AppConfig


class PrayersConfig(AppConfig):
    name = "prayers"

    def ready(self) -> None:
        from accounts.services.demo import demo_parts
        from notifications.rules.sources import Source, register

        from .queries import notices
        from .services.demo import load_demo_prayers

        register(notices.KINDS, Source(notices.resolve))
        demo_parts.append(load_demo_prayers)
