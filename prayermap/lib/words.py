"""Words as the search finds them: the twin of folded() and message_words() in messaging/sql, for marking what matched.

The lists below stand in both places; tests/messaging/test_sql_words.py holds them together. They are written out, so
that neither the locale of a database nor the version of Unicode decides what a word is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

#: Left out: accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, joiners, direction, soft hyphens.
#: Marks of other scripts are vowels, and stay.
MARKS = (
    r"\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u061c\u0640"
    r"\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u1ab0-\u1aff"
    r"\u1dc0-\u1dff\u200b\u200d-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff"
)
#: Between words: white space, controls, punctuation and signs.
SEPARATORS = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u037e\u0387\u055a-\u055f\u0589-\u058a\u05be\u05c0\u05c3\u05c6\u05f3-\u05f4\u0600-\u060f\u061b\u061d-\u061f"
    r"\u066a-\u066d\u06d4\u06dd\u06de\u06e9\u0700-\u070d\u07f7-\u07f9\u0964-\u0965\u0970\u0df4\u0f01-\u0f14\u0f3a-\u0f3d"
    r"\u0f85\u0fd0-\u0fd4\u10fb\u1360-\u1368\u1400\u166d-\u166e\u1680\u169b-\u169c\u16eb-\u16ed\u1800-\u180a\u180e"
    r"\u2000-\u200a\u200c\u2010-\u2029\u202f-\u205f\u207a-\u207e\u208a-\u208e\u20a0-\u20cf\u2190-\u25ff\u2800"
    r"\u2900-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30a0\u30fb\ua4fe-\ua4ff\ua60d-\ua60f"
    r"\ua6f2-\ua6f7\ua874-\ua877\ua8ce-\ua8cf\ud7fc-\ud7fe\ufd3e-\ufd3f\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff0f"
    r"\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufff0-\uffff\U000e0000-\U000e0fff"
)
#: Scripts that set no spaces, syllables to which endings are joined, and pictures: found by pairs of characters.
GRAMS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a00-\u1aaf\u1b00-\u1b7f\u2600-\u27bf\u3005-\u3007"
    r"\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf"
    r"\ua980-\ua9ff\uaa60-\uaa7f\uac00-\ud7a3\uf900-\ufaff\U0001b000-\U0001b16f\U0001f000-\U0001faff"
    r"\U00020000-\U0003fffd"
)
#: One letter for another, and the three that become two.
LETTERS = ("ςıøłđħ", "σioldh")
DIGRAPHS = {"ß": "ss", "æ": "ae", "œ": "oe"}

_MARKS = re.compile(f"[{MARKS}]")
_UNITS = re.compile(f"[{GRAMS}]|[^{SEPARATORS}{GRAMS}]+")
_GRAM = re.compile(f"[{GRAMS}]")
_LETTERS = str.maketrans(dict(zip(*LETTERS, strict=True)) | DIGRAPHS)
_QUOTES = str.maketrans(dict.fromkeys("“”„«»「」『』", '"'))
_PARTS = re.compile(r'"([^"]*)"?|([^\s"]+)')


class Unit(NamedTuple):
    """A word, or one character of a script without spaces. `ends` has the end in the source of each character."""

    text: str
    start: int
    ends: list[int]
    is_gram: bool
    #: Nothing stands between it and the unit before.
    is_joined: bool


class Part(NamedTuple):
    """What must stand side by side; the last word may go on where `is_open`."""

    units: list[Unit]
    is_open: bool


def folded(text: str) -> str:
    """Without case, accents and points, in composed form: equal for what a reader takes for the same."""
    if text.isascii():
        return text.lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", plain.lower().translate(_LETTERS))


def units(text: str) -> list[Unit]:
    """The words of a text in their order, with where they stand in it."""
    pieces = list(_clusters(text))
    plain = "".join(piece for piece, _, _ in pieces)
    starts = [start for piece, start, _ in pieces for _ in piece]
    ends = [end for piece, _, end in pieces for _ in piece]
    found, last = [], -1
    for match in _UNITS.finditer(plain):
        low, high = match.span()
        is_gram = _GRAM.match(match[0]) is not None
        found.append(Unit(match[0], starts[low], ends[low:high], is_gram, low == last))
        last = high
    return found


def parts(query: str) -> list[Part]:
    """A query: words of which all must be there, the last of them and those with `*` as beginnings, "phrases"."""
    matches = list(_PARTS.finditer(query.translate(_QUOTES)))
    found = []
    for number, match in enumerate(matches, 1):
        phrase, word = match[1], match[2] or ""
        is_open = phrase is None and (word.endswith("*") or number == len(matches))
        if inner := units(phrase or word):
            found.append(Part(inner, is_open))
    return found


def matches(content: str, query: list[Part]) -> list[tuple[int, int]]:
    """Where the parts stand: (start, end) in code points, in order, not overlapping."""
    words = units(content)
    found = sorted(span for part in query for span in _spans(words, part))
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _spans(words: list[Unit], part: Part) -> Iterator[tuple[int, int]]:
    wanted = part.units
    for place in range(len(words) - len(wanted) + 1):
        here = words[place : place + len(wanted)]
        last, final = here[-1], wanted[-1]
        goes_on = part.is_open and not final.is_gram
        if not (last.text.startswith(final.text) if goes_on else last.text == final.text):
            continue
        if all(
            have.text == want.text and (have.is_joined or not (want.is_joined and want.is_gram))
            for have, want in zip(here[:-1], wanted[:-1], strict=True)
        ) and (last.is_joined or not (final.is_joined and final.is_gram)):
            yield here[0].start, last.ends[len(final.text) - 1]


def _clusters(text: str) -> Iterator[tuple[str, int, int]]:
    """(folded, start, end) of each character with the marks that belong to it."""
    if text.isascii():
        yield from ((char, place, place + 1) for place, char in enumerate(text.lower()))
        return
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not _belongs(text[place]):
            yield folded(text[start:place]), start, place
            start = place


def _belongs(char: str) -> bool:
    """To the character before: a mark, or a Hangul vowel or final consonant."""
    return char > "\u02ff" and (unicodedata.combining(char) != 0 or "\u1160" <= char <= "\u11ff")
