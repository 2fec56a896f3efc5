"""Sign in with address and password. Every refusal is the same, and takes as long."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.contrib.auth.hashers import check_password, make_password

from accounts import rules, values
from accounts.models import User
from accounts.services.sessions import TokenPair, begin_session
from prayermap.lib.errors import NotAuthenticated
from prayermap.lib.rate import forgive, hit

REFUSED = "The address or the password is wrong."


def sign_in(*, email: str, password: str, device_id: str, ip: str, now: datetime) -> TokenPair:
    """Begin a session.

    Raises NotAuthenticated alike for an unknown address, a wrong password and an account that may not enter;
    RateLimited by address and by `ip`, whether or not there is such an account. Each try counts before it is judged,
    so that guesses at once can't slip by; the right password takes back those of its address.
    """
    address = values.normal_email(email)
    address_key = sha256(address.encode()).hexdigest()
    hit("sign-in by ip", ip)
    hit("sign-in by address", address_key)
    user = User.objects.filter(email=address).first()
    if not _is_password_of(user, password) or user is None or not rules.may_enter(user, now):
        raise NotAuthenticated(REFUSED)
    forgive("sign-in by address", address_key)
    return begin_session(user=user, device_id=device_id, now=now)


def _is_password_of(user: User | None, password: str) -> bool:
    """One hash either way."""
    if user is None:
        make_password(password)
        return False
    return check_password(password, user.password)
