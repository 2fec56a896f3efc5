from __future__ import annotations

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.rules import member_resolvers

        from .queries.members import is_visible_anonymous
        from .realtime import running

        running.register()
        member_resolvers.append(is_visible_anonymous)
