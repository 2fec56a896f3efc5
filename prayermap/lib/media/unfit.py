"""Why a file is not taken."""

from __future__ import annotations


class Unfit(Exception):
    """A file that is not taken. The message is a sentence for whoever sent it."""


class Oversized(Unfit):
    """It is beyond a limit of its kind."""


class Unreadable(Unfit):
    """It breaks the rules of its format, or we can't say what would be left in it."""
