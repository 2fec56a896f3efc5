"""Profane words, found by glin-profanity's English list. A weak sign: people in need swear, and Scripture is frank."""

from __future__ import annotations

from functools import cache
from typing import Any

from glin_profanity import Filter


def is_profane(text: str) -> bool:
    """0.5 ms for a message, 80 ms for one of 10,000 characters."""
    return bool(_filter().is_profane(text))


@cache
def _filter() -> Any:
    """Keeps no text: neither in its cache nor in a log."""
    return Filter({"languages": ["english"], "cache_results": False, "log_profanity": False})
