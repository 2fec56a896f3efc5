"""What a text gives rise to: signals with the reason under which each is reported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from moderation.enums import Reason, Signal

from .phrases import SELF_HARM, THREAT, is_contact_spam, normal, own_phrases
from .profanity import is_profane


class Found(NamedTuple):
    signal: Signal
    reason: Reason


REASONS = {
    Signal.SELF_HARM: Reason.SELF_HARM,
    Signal.THREAT: Reason.VIOLENCE,
    Signal.CONTACT: Reason.SPAM,
    Signal.PROFANITY: Reason.OTHER,
    Signal.RATE: Reason.SPAM,
    Signal.NEW_ACCOUNT: Reason.SPAM,
}
_PATTERNS = {Signal.SELF_HARM: SELF_HARM, Signal.THREAT: THREAT}


def judge(words: str, *, is_new: bool, on: Iterable[str], phrases: str = "") -> list[Found]:
    """Signals of a text that are `on`, the gravest first. `is_new`: its author's account; `phrases`: a file of more.

    Linear in the length of the text.
    """
    text, wanted = normal(words), set(on)
    own = own_phrases(phrases) if phrases else {}
    found = [
        signal
        for signal in (Signal.SELF_HARM, Signal.THREAT, Signal.CONTACT, Signal.PROFANITY)
        if signal in wanted
        and (_shows(signal, text, words, is_new=is_new) or (signal in own and own[signal].search(text)))
    ]
    return [Found(signal, REASONS[signal]) for signal in found]


def _shows(signal: Signal, text: str, words: str, *, is_new: bool) -> bool:
    if signal in _PATTERNS:
        return _PATTERNS[signal].search(text) is not None
    if signal == Signal.CONTACT:
        return is_contact_spam(text, is_new=is_new)
    return is_profane(words)
