"""Pieces of a text around what a search has found in it."""

from __future__ import annotations

from messaging.schemas.messages import Fragment
from prayermap.lib.words import Part, matches

#: A text of up to so many characters is shown whole; of a longer one up to three pieces around what matched.
WHOLE, PIECE, MOST = 200, 160, 3
_BEFORE = 50


def fragments(content: str, query: list[Part]) -> list[Fragment]:
    """Plain text and what matched in it; the beginning, where nothing that can be shown did."""
    found = matches(content, query)
    if len(content) <= WHOLE:
        return [Fragment(content, found)]
    pieces: list[Fragment] = []
    shown_to = 0
    for start, _ in found:
        if start >= shown_to and len(pieces) < MOST:
            low, high = _piece(content, max(start, shown_to), shown_to)
            pieces.append(_fragment(content, low, high, found))
            shown_to = high
    return pieces or [_fragment(content, 0, PIECE, found)]


def _piece(content: str, start: int, after: int) -> tuple[int, int]:
    """Around `start`, behind what was shown before, from the beginning of a word where one is near."""
    low = max(after, start - _BEFORE)
    space = content.find(" ", low, start)
    if low > after and space != -1:
        low = space + 1
    return low, min(len(content), low + PIECE)


def _fragment(content: str, low: int, high: int, found: list[tuple[int, int]]) -> Fragment:
    inside = [
        (max(start, low) - low, min(end, high) - low) for start, end in found if start < high and end > low
    ]
    return Fragment(content[low:high], inside)
