"""Who pushes: the server's key pair (RFC 8292). The private key is read, never shown, never logged."""

from __future__ import annotations

import base64
import os
import time
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.conf import settings
from py_vapid import Vapid02

from notifications.rules.endpoints import decode

FILE = "vapid_private_key"
_KEY_BYTES = 32
#: A signature is good for so long (24 h at most, says the RFC); it is made anew before half of it is over.
_SIGNED_S = 12 * 3_600


class NoKey(Exception):
    """There is no VAPID key: no push is sent."""


def application_server_key() -> str:
    """What a browser subscribes with: the public key, in URL-safe base64. Raises NoKey."""
    return _encode(_point(_private_key()))


def headers_for(endpoint: str) -> dict[str, str]:
    """`Authorization` for the push service of this endpoint. Raises NoKey."""
    parts = urlsplit(endpoint)
    return _signed(_given(), f"{parts.scheme}://{parts.netloc}", int(time.time()) // (_SIGNED_S // 2))


def make_key_file() -> bool:
    """Make a key in PRAYERMAP_DATA with mode 0600; False where there is one. It has no use as another server's."""
    settings.PRAYERMAP_DATA.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    number = generate_private_key(SECP256R1()).private_numbers().private_value
    with os.fdopen(descriptor, "w") as opened:
        opened.write(_encode(number.to_bytes(_KEY_BYTES)) + "\n")
    return True


def forget() -> None:
    """Read the key anew: it was changed."""
    _load.cache_clear()
    _signed.cache_clear()


def _given() -> str:
    """The setting, else the file's content."""
    if settings.VAPID_PRIVATE_KEY:
        return str(settings.VAPID_PRIVATE_KEY)
    try:
        return _file().read_text().strip()
    except FileNotFoundError:
        raise NoKey from None


def _file() -> Path:
    return Path(settings.PRAYERMAP_DATA) / FILE


def _private_key() -> EllipticCurvePrivateKey:
    return _load(_given())


@cache
def _load(text: str) -> EllipticCurvePrivateKey:
    """32 bytes in URL-safe base64, or PEM, perhaps in one line. Says nothing of a text that is neither."""
    try:
        if "BEGIN" in text:
            key = load_pem_private_key(text.replace("\\n", "\n").encode(), password=None)
        else:
            raw = decode(text)
            if len(raw) != _KEY_BYTES:
                raise NoKey
            key = derive_private_key(int.from_bytes(raw), SECP256R1())
    except ValueError:
        raise NoKey from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise NoKey
    return key


@cache
def _signed(given: str, audience: str, period: int) -> dict[str, str]:
    """Signed once for each push service and half a day; the cache is small, since these are few."""
    if _signed.cache_info().currsize > 1_000:
        _signed.cache_clear()
    expires = (period + 2) * (_SIGNED_S // 2)
    claims = {"aud": audience, "sub": _subject(), "exp": expires}
    return dict(Vapid02(_load(given)).sign(claims))


def _subject() -> str:
    """Whom a push service writes to when something is wrong with our pushes."""
    return settings.VAPID_SUBJECT or f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


def _point(key: EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
