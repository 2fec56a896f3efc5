"""What a valid address, name or time zone is, below everything else in this app."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from prayermap.lib.text import NAME_LENGTH, check_name


def normal_email(value: str) -> str:
    """As it is stored and compared: lower case, no surrounding white space."""
    return value.strip().lower()


def name_from_email(email: str) -> str:
    """A display name for an account that was made without one (a test, a command)."""
    local = email.partition("@")[0].strip()[:NAME_LENGTH]
    try:
        return check_name(local)
    except ValueError:
        return "Friend"


def is_timezone(name: str) -> bool:
    """An IANA time zone that this machine knows; UTC always."""
    return name == "UTC" or name in _timezones()


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())
