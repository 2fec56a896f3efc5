"""A new account, or the same answer for an address that has one."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts import values
from accounts.models import User
from accounts.models.user import EMAIL_UNIQUE
from accounts.services.mail import send_after_commit
from prayermap.lib.errors import Invalid
from prayermap.lib.rate import hit
from prayermap.lib.text import check_name

_MAX_EMAIL = 254


class Registered(NamedTuple):
    """What the answer repeats; nothing in it says whether the address was new."""

    email: str
    display_name: str


def register(*, email: str, password: str, display_name: str, ip: str) -> Registered:
    """Make an account that can sign in at once.

    A known address changes nothing: its owner is told by mail, the caller is answered alike, after the same
    work (one hash, one INSERT, one mail). Raises Invalid with all faults, RateLimited by `ip`.
    """
    hit("registration", ip)
    wanted = _checked(email, password, display_name)
    hashed = make_password(password)
    try:
        with transaction.atomic():
            User.objects.create(email=wanted.email, display_name=wanted.display_name, password=hashed)
    except IntegrityError as error:
        if EMAIL_UNIQUE not in str(error):
            raise
        send_after_commit("known_address", wanted.email)
    else:
        send_after_commit("welcome", wanted.email)
    return wanted


def _checked(email: str, password: str, display_name: str) -> Registered:
    errors: dict[str, list[str]] = {}
    address, name = values.normal_email(email), ""
    try:
        validate_email(address)
        if len(address) > _MAX_EMAIL:
            errors["email"] = [f"At most {_MAX_EMAIL} characters."]
    except ValidationError:
        errors["email"] = ["Not a valid e-mail address."]
    try:
        name = check_name(display_name)
    except ValueError as error:
        errors["display_name"] = [str(error)]
    try:
        validate_password(password)
    except ValidationError as error:
        errors["password"] = error.messages
    if errors:
        raise Invalid(errors=errors)
    return Registered(address, name)
