"""The one error of the embedded servers."""

from __future__ import annotations


class EmbeddedError(Exception):
    """An embedded server could not be started or stopped; the text is a sentence for the person at the terminal."""
