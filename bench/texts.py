"""What the endurance check sends: a whole Bible, or the world's scripts at their most awkward."""

from __future__ import annotations

import random
from collections.abc import Iterator

LONGEST = 10_000

#: Letters of each script, by code point; words are drawn from them, so the sentences mean nothing.
SCRIPTS = {
    "Hebrew": (0x05D0, 0x05EA),
    "Arabic": (0x0627, 0x063A),
    "Devanagari": (0x0905, 0x0939),
    "Bengali": (0x0995, 0x09A8),
    "Tamil": (0x0BAE, 0x0BB9),
    "Thai": (0x0E01, 0x0E2E),
    "Georgian": (0x10D0, 0x10F0),
    "Amharic": (0x1200, 0x1247),
    "Khmer": (0x1780, 0x17A2),
    "Cherokee": (0x13A0, 0x13F4),
    "Greek": (0x03B1, 0x03C9),
    "Cyrillic": (0x0430, 0x044F),
    "Armenian": (0x0561, 0x0586),
    "Chinese": (0x4E00, 0x9FA5),
    "Japanese": (0x3041, 0x3096),
    "Korean": (0xAC00, 0xD7A3),
    "Gothic": (0x10330, 0x1034A),  # beyond the first 65,536: two UTF-16 units, four bytes of UTF-8
}
#: Signs that combine with the letter before them, three to a letter here.
_MARKS = [*range(0x0300, 0x0315), *range(0x05B0, 0x05BB), *range(0x064B, 0x0653)]
_FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
_AWKWARD = (
    "\U0001f64f",
    "\U0001f64f\U0001f3ff",  # with a skin tone
    _FAMILY,
    "\U0001f1ea\U0001f1f9\U0001f1f0\U0001f1f7",  # flags are pairs of letters
    "1\ufe0f\u20e3",  # a keycap
    "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # a flag of tag characters
    "\u2764\ufe0f\u200d\U0001f525",
    "caf\u00e9 and cafe\u0301",  # equal to the eye, different in bytes: neither may become the other
    "\u202eright to left\u202c and back",
    "\u05d0 1 \u05d1 2 \u0627 3 (\u05d2)",
    "  spaces around  ",
    "two\nlines\r\nand\ttabs",
    "line\u2028separator\u2029paragraph",
    "\ufeffmark in front, zero\u200bwidth inside",
    '"quotes" \\back\\slashes\\ \\u0041 \\n </script> %s {0} \'; DROP TABLE message; --',
    "null",
    "0",
    "\x01\x1f\x7f\x80\x9f controls but NUL",
    "\ufffd\ufffe\uffff\U0010ffff noncharacters",
    "e" + "".join(chr(mark) for mark in _MARKS) * 20,
    "\u1112\u1161\u11ab\u1100\u1173\u11af",  # Korean in its letters, not its syllables
    "\ufdfa\ufb03\u1e9b\u0323",  # what normalisation would take apart
)


def verses() -> list[str]:
    """Every verse of the American Standard Version, about 31,000; without the 16 that it leaves empty."""
    # Imported here: loading the text takes 0.3 s and 35 MB.
    from pythonbible import Version, VersionMissingVerseError, get_verse_text  # type: ignore[import-untyped]
    from pythonbible.verses import VERSE_IDS  # type: ignore[import-untyped]

    found = []
    for verse in VERSE_IDS:
        try:
            text = get_verse_text(verse, version=Version.AMERICAN_STANDARD)
        except VersionMissingVerseError:  # the Apocrypha
            continue
        if text and text.strip():
            found.append(text)
    return found


def scripts(count: int) -> list[str]:
    """`count` texts in all scripts above, among them the awkward ones and some of exactly 10,000 code points."""
    chance = random.Random(31_102)  # the same texts in every run
    kinds = [
        *(_sentences(low, high, chance) for low, high in SCRIPTS.values()),
        _marked(chance),
        _symbols(chance),
    ]
    texts = [next(kinds[number % len(kinds)]) for number in range(count)]
    for place, text in zip(
        range(0, count, max(1, count // 60)), [*_AWKWARD, *_longest(chance)], strict=False
    ):
        texts[place] = text
    return texts


def _sentences(low: int, high: int, chance: random.Random) -> Iterator[str]:
    while True:
        lengths = [chance.randint(1, 9) for _ in range(chance.randint(1, 14))]
        yield (
            " ".join("".join(chr(chance.randint(low, high)) for _ in range(length)) for length in lengths)
            + "."
        )


def _marked(chance: random.Random) -> Iterator[str]:
    letters = "aeioun\u05d0\u05d1\u0627\u0628"
    while True:
        picked = [chance.choice(letters) + "".join(map(chr, chance.sample(_MARKS, 3))) for _ in range(20)]
        yield "".join(picked)


def _symbols(chance: random.Random) -> Iterator[str]:
    while True:
        yield "".join(chance.choices(_AWKWARD[:7], k=chance.randint(1, 12)))


def _longest(chance: random.Random) -> list[str]:
    """Exactly at the limit, in one to four bytes a code point: up to 40,000 bytes, 120,000 escaped in JSON."""
    ranges = [(0x61, 0x7A), (0x05D0, 0x05EA), (0x4E00, 0x9FA5), (0x1F600, 0x1F64F)]
    texts = ["".join(chr(chance.randint(low, high)) for _ in range(LONGEST)) for low, high in ranges]
    return [*texts, (_FAMILY * LONGEST)[:LONGEST], "e" + "\u0301" * (LONGEST - 1)]
