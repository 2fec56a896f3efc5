"""The tables of prayers."""

from .prayer import Prayer, PrayerAuthor
from .response import PrayerResponse, PrayerResponseAuthor

__all__ = ["Prayer", "PrayerAuthor", "PrayerResponse", "PrayerResponseAuthor"]
