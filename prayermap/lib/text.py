"""What counts as text: blank or not, storable or not, a name somebody may carry."""

from __future__ import annotations

import re
import unicodedata

NAME_LENGTH = 100
#: Nothing to see: Unicode's Z*, Cc, Cf and Default_Ignorable_Code_Point (version 16), and the Braille blank. Written
#: out, so that it depends neither on the version of Python nor of PostgreSQL; has_visible() in messaging/sql holds
#: the same list.
_INVISIBLE = (
    r"\0"
    r"\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2"
    r"\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd"
    r"\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_VISIBLE = re.compile(f"[^{_INVISIBLE}]")
_UNSEEN = re.compile(f"[{_INVISIBLE}]")
#: Names only the product itself may carry.
RESERVED_NAMES = ("Someone", "Moderator", "PrayerMap")
#: Letters that read like Latin ones, by the Latin one (a small part of Unicode's confusables data).
#: Cyrillic, Greek, Armenian, Cherokee, Lisu, Deseret and small capitals.
_LOOKALIKES_OF = {
    "a": "аαɑ4@Ꭺꓮᴀ", "b": "в", "c": "сϲ", "d": "ԁᎠꓓᴅ", "e": "еёєεҽ℮3Ꭼꓰᴇ", "g": "ɡ", "h": "һн", "i": "іι1lı|!", "k": "кκ",
    "m": "мμᎷꓟᴍ", "n": "ոηꓠɴ", "o": "оοσօⲟ0ᴏꓳ𐐬𐓪", "p": "рρⲣᏢꓑᴘ", "r": "гτⲅᏒꓣʀ", "s": "ѕ5$Ꮪꓢꜱտ", "t": "тᎢꓔᴛ", "u": "υս",
    "v": "νѵ", "x": "хχ", "y": "уγүყᎩꓬʏ",
}  # fmt: skip
_LOOKALIKES = str.maketrans({other: latin for latin, others in _LOOKALIKES_OF.items() for other in others})


def is_blank(text: str) -> bool:
    """True when nothing in it would be seen: white space, controls and invisible format characters only."""
    return _VISIBLE.search(text) is None


def check_name(value: str) -> str:
    """A display name or title as it is stored (NFC).

    Raises ValueError with the reason: 1 to 100 code points, no control or bidi characters, not invisible,
    not to be mistaken for `Someone`, `Moderator` or `PrayerMap`.
    """
    name = unicodedata.normalize("NFC", value).strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise ValueError(f"Must have 1 to {NAME_LENGTH} characters.")
    if any(unicodedata.category(c) in {"Cc", "Zl", "Zp"} or _is_bidi_control(c) for c in name):
        raise ValueError("Must not contain control or text-direction characters.")
    if is_blank(name):
        raise ValueError("Must contain a visible character.")
    if _skeleton(name) in _RESERVED:
        raise ValueError("This name is reserved.")
    return name


def _is_bidi_control(char: str) -> bool:
    return unicodedata.bidirectional(char) in {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    } or (char in "\u200e\u200f\u061c")


def _skeleton(name: str) -> str:
    """What a reader takes a name for: compatibility form, nothing unseen, no marks or separators, look-alikes folded.

    Hangul fillers are letters and show nothing; they are taken out before compatibility makes others of them.
    """
    seen = _UNSEEN.sub("", name)
    folded = unicodedata.normalize("NFKD", seen).casefold().translate(_LOOKALIKES)
    return "".join(c for c in folded if c.isalnum()).replace("rn", "m")


_RESERVED = frozenset(_skeleton(name) for name in RESERVED_NAMES)
