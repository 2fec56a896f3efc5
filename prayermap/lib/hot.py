"""Settings that every frame looks at: each look at Django's lazy settings takes half a microsecond, here a tenth."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.signals import setting_changed


class _Hot:
    """Has what `settings` has; each is asked for once, and again after a test has changed one."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(settings, name)
        self.__dict__[name] = value
        return value

    def forget(self, **_changed: Any) -> None:
        self.__dict__.clear()


hot = _Hot()
setting_changed.connect(hot.forget)
