"""Where allauth asks us: sign-up is the API's, and second-factor secrets are encrypted at rest."""

from __future__ import annotations

import base64
from functools import cache
from hashlib import blake2b

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # published without types
    """allauth's pages sign in, change addresses and reset passwords; `POST /api/v1/auth/register/` signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # published without types
    """Whoever reads the database alone can't make anybody's one-time codes."""

    def encrypt(self, text: str) -> str:
        return _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        fernet = _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return fernet.decrypt(encrypted_text.encode()).decode()


@cache
def _fernet(*secrets: str) -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(
        blake2b(secret.encode(), person=b"pm-second-factor", digest_size=32).digest()
    )
