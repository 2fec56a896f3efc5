"""Which kind of device a client runs on: one word, and nothing that would tell one device from another."""

from __future__ import annotations

#: The first that the User-Agent names decides: Android's says Linux too, an iPhone's says "like Mac OS X".
_NAMES = (
    ("android", ("android",)),
    ("ios", ("iphone", "ipad", "ios/", "cfnetwork")),
    ("windows", ("windows",)),
    ("macos", ("mac os x", "macintosh")),
    ("linux", ("linux", "x11")),
)


def platform_of(user_agent: str) -> str:
    """android, ios, windows, macos, linux, or other. Versions, models and languages are left where they came from."""
    said = user_agent[:512].lower()
    return next((platform for platform, names in _NAMES if any(name in said for name in names)), "other")
