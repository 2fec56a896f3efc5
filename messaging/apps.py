from __future__ import annotations

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.renaming import on_renamed
        from accounts.rules import member_resolvers
        from notifications.rules.sources import Source, register
        from prayermap.lib import pipelines
        from prayers.following import followers

        from . import receivers
        from .queries import notices
        from .queries.members import seen_member
        from .realtime import running
        from .services.notices import open_again, open_again_for_all
        from .services.prayer_following import conversations_follow
        from .services.renaming import conversations_follow_name

        pipelines.register()  # before the sockets, which it outlives
        running.register()
        receivers.connect()
        member_resolvers.append(seen_member)
        register(notices.KINDS, Source(notices.resolve, notices.holds, open_again, open_again_for_all))
        followers.append(conversations_follow)
        on_renamed.append(conversations_follow_name)
