from __future__ import annotations

from django.apps import AppConfig


class PrayersConfig(AppConfig):
    name = "prayers"
