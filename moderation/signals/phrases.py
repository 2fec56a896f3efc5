"""Wording that asks for a look, in English, and the operator's own in any language.

Written to be read by people afterwards: what concerns a life may be found too often, what is nuisance must not be.
Patterns have no nested repetition, so that a text of 10,000 characters takes them a few milliseconds at most.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from moderation.enums import Signal

#: As in messages; prayers are shorter.
MOST_CHARS = 20_000
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u00b4`", "'"))
_SPACES = re.compile(r"\s+")


def normal(text: str) -> str:
    """Compatibility letters, small, without what can't be seen, one blank between words."""
    plain = unicodedata.normalize("NFKC", text[:MOST_CHARS]).casefold().translate(_QUOTES)
    return _SPACES.sub(" ", _INVISIBLE.sub("", plain))


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_I = r"\b(?:i|i'm|im|i've|i'd|i'll|ill)\b"
_WILL = r"\b(?:i will|i'll|i am going to|i'm going to|im going to|i am gonna|i'm gonna|im gonna|we will|we'll|going to)"
SELF_HARM = _any(
    r"\b(?:kill|killing|hurt|hurting|harm|harming|cut|cutting|hang|hanging|starve|starving) my ?self\b",
    r"\b(?:end|ending|take|taking) my (?:own )?life\b",
    r"\b(?:want|wanted|wish|ready|going|plan|planning|decided) to (?:die|be dead)\b",
    r"\b(?:wish|wished) i (?:was|were) (?:dead|never born)\b",
    r"\b(?:don't|dont|do not|can't|cant|cannot) (?:want to )?(?:live|be alive|be here|go on living)(?: any ?more| any longer)\b",
    r"\bno (?:reason|point) (?:to|in) (?:live|living|go on|going on)\b",
    r"\b(?:better off|happier) without me\b",
    rf"{_I}[^.!?]{{0,40}}\bsuicid(?:e|al)\b",
    r"\bsuicidal (?:thoughts|feelings)\b",
    r"\b(?:my|a) suicide (?:note|plan)\b",
    r"\bgoodbye (?:letter|note) (?:is|to)\b",
)
THREAT = _any(
    rf"{_WILL} (?:\w+ )?(?:kill|murder|shoot|stab|rape|strangle) (?:you|u|him|her|them)\b",
    rf"{_WILL} (?:\w+ )?(?:beat|burn|hurt|hunt|ruin|destroy) (?:you|u)\b",
    r"\byou(?:'re| are|r)? (?:a )?dead (?:man|woman|meat)\b",
    r"\byou(?:'re| are) (?:so )?dead\b(?! (?:to|in)\b)",
    r"\byou(?:'ll| will) (?:be sorry|pay for this|regret this|bleed)\b",
    r"\bi know where you (?:live|sleep|work)\b",
    r"\b(?:watch|better watch) your back\b",
    r"\b(?:go )?(?:kill|hang) yourself\b",
    r"\bi hope you (?:die|get raped|suffer)\b",
    r"\b(?:kys)\b",
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
_WEB = re.compile(r"\b(?:https?://|www\.)\S{3,}|\b(?:bit\.ly|t\.me|wa\.me|tinyurl\.com)/\S+")
_PHONE = re.compile(r"(?<![\w.:])\+?\(?\d(?:[\s().-]?\d){8,14}(?![\w:])")
_ELSEWHERE = re.compile(
    r"\b(?:whats ?app|telegram|signal|snapchat|kik|wechat|viber|instagram)\b[^.!?]{0,25}(?:\bme\b|@|\d)"
)
#: What such spam wants.
_LURE = _any(
    r"\b(?:western union|moneygram|gift ?cards?|cash ?app|bitcoin|btc|crypto|usdt|forex|paypal|zelle|venmo)\b",
    r"\b(?:send|wire|transfer|deposit) (?:me )?(?:the |some |your )?(?:money|funds|\$|€|£)",
    r"\b(?:investment|invest|profit|earn|loan|lottery|inheritance|winnings?|jackpot)\b",
    r"\b(?:spell caster|herbal (?:cure|doctor)|love spell|sugar (?:daddy|mummy)|hook ?up|onlyfans)\b",
    r"\b(?:guaranteed|limited offer|act now|click (?:here|the link)|promo code)\b",
)


def contacts(text: str) -> int:
    """How many ways to be reached elsewhere a normal text gives."""
    return sum(len(found.findall(text)) for found in (_MAIL, _WEB, _PHONE, _ELSEWHERE))


def is_contact_spam(text: str, *, is_new: bool) -> bool:
    """A way to be reached together with what spam wants; three ways; any of a new account beside a lure or another."""
    number = contacts(text)
    return number >= (2 if is_new else 3) or (number > 0 and _LURE.search(text) is not None)


@lru_cache(maxsize=1)
def own_phrases(path: str) -> dict[Signal, re.Pattern[str]]:
    """The operator's phrases by signal, from lines such as `threat: ich bring dich um`; `#` begins a comment.

    Raises ValueError for another line, OSError where the file can't be read.
    """
    found: dict[Signal, list[str]] = {}
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        words = line.partition("#")[0].strip()
        if not words:
            continue
        name, colon, phrase = words.partition(":")
        if not colon or name.strip() not in Signal.values or not phrase.strip():
            raise ValueError(f"SIGNAL_PHRASES, line {number}: not of the form `signal: phrase`.")
        found.setdefault(Signal(name.strip()), []).append(phrase)
    return {signal: _phrases(phrases) for signal, phrases in found.items()}


def _phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(normal(phrase).strip())}(?!\w)" for phrase in phrases))
