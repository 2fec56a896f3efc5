"""Short-lived links: who may open what until when, sealed into one opaque word.

A link works where no header can be sent (`<img src>`). It proves who asks, no more: whether that person may have
the thing is asked again whenever it is opened. The word is the same for half an hour, so that caches work.
"""

from __future__ import annotations

import base64
import binascii
from functools import cache
from hashlib import blake2b
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

_STEP_S = 1_800
_LENGTH = 48  # of a tag (16 bytes), a person (16) and a time (4), in base64


def seal(subject: UUID, person: UUID, *, now: float) -> str:
    """A word that stands for `person` opening `subject`, good for LINK_SECONDS to half an hour longer."""
    until = (int(now) // _STEP_S + 1) * _STEP_S + settings.LINK_SECONDS
    sealed = _keys()[0].encrypt(person.bytes + until.to_bytes(4, "big"), [subject.bytes])
    return base64.urlsafe_b64encode(sealed).decode()


def person_of(word: str, subject: UUID, *, now: float) -> UUID | None:
    """Whom the word stands for; None where it is not ours, for something else, or too old."""
    if len(word) != _LENGTH or not word.isascii():
        return None
    try:
        sealed = base64.b64decode(word, altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    for key in _keys():
        try:
            opened = key.decrypt(sealed, [subject.bytes])
        except InvalidTag:
            continue
        return UUID(bytes=opened[:16]) if int.from_bytes(opened[16:], "big") >= now else None
    return None


def _keys() -> tuple[AESSIV, ...]:
    """The present SECRET_KEY's first."""
    return _derived((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@cache
def _derived(secrets: tuple[str, ...]) -> tuple[AESSIV, ...]:
    return tuple(
        AESSIV(blake2b(secret.encode(), person=b"pm-links", digest_size=32).digest()) for secret in secrets
    )
