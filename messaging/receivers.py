"""What happens to people below that conversations must know."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts import signals
from messaging.events import publish_presence_look
from prayermap.lib.db import call


def connect() -> None:
    """Once, when the app is ready."""
    signals.profile_changed.connect(presence_switched, dispatch_uid="messaging.presence")
    signals.profile_changed.connect(profile_stepped, dispatch_uid="messaging.me_rev")


def profile_stepped(**_: Any) -> None:
    """One's own settings are among what `me_rev` counts, so that one's other devices read them again."""
    call("next_me_rev")


def presence_switched(*, user_id: UUID, changed: frozenset[str], **_: Any) -> None:
    """Who stops sharing their presence is offline for others at once, and sees nobody's."""
    if "share_presence" in changed:
        publish_presence_look(user_id)
