"""The tables of prayers."""

from .connection import MemorialConnection, MemorialEnd
from .prayer import Prayer, PrayerAuthor
from .response import PrayerResponse, PrayerResponseAuthor

__all__ = [
    "MemorialConnection",
    "MemorialEnd",
    "Prayer",
    "PrayerAuthor",
    "PrayerResponse",
    "PrayerResponseAuthor",
]
