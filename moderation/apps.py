from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ModerationConfig(AppConfig):
    default = True
    name = "moderation"

    def ready(self) -> None:
        from notifications.rules.sources import Source, register

        from . import checks, receivers  # noqa: F401 - checks are registered by being imported
        from .queries import notices

        receivers.connect()
        register(notices.KINDS, Source(notices.resolve))


class AdminSiteConfig(admin_apps.AdminConfig):
    """Stands in INSTALLED_APPS for django.contrib.admin: every `admin.site` is the moderators' one."""

    default = False
    default_site = "moderation.site.ModerationSite"
