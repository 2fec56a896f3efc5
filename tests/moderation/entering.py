"""Ways into the admin site, as a browser goes them."""

from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD, make_user

#: Who comes, and whether they have a second factor.
ROLES = {
    "visitor": (None, False),
    "member": ("member", False),
    "member with a second factor": ("member", True),
    "moderator": ("moderator", False),
    "moderator with a second factor": ("moderator", True),
    "senior moderator": ("senior moderator", False),
    "senior moderator with a second factor": ("senior moderator", True),
    "privacy officer with a second factor": ("privacy officer", True),
    "administrator with a second factor": ("administrator", True),
    "superuser": ("superuser", False),
    "superuser with a second factor": ("superuser", True),
}


def browser_of(role: str) -> Client:
    """A browser that has gone as far with signing in as the role can."""
    kind, has_second_factor = ROLES[role]
    if kind is None:
        return Client()
    return _browser(make_person(kind), has_second_factor=has_second_factor)


def browser_of_kind(kind: str) -> Client:
    """The same for a role with a password alone, which DEBUG lets in."""
    return browser_for(make_person(kind))


def browser_for(user: User) -> Client:
    """The same for this person."""
    return _browser(user, has_second_factor=False)


def _browser(user: User, *, has_second_factor: bool) -> Client:
    client = Client()
    secret = generate_totp_secret()
    if has_second_factor:
        TOTP.activate(user, secret)
    sign_in(client, user)
    if has_second_factor:
        client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    return client


def make_person(kind: str, name: str = "Miriam") -> User:
    user = make_user(name, is_staff=kind != "member", is_superuser=kind == "superuser")
    if kind not in ("member", "superuser"):
        user.groups.add(Group.objects.get(name=kind))
    return user


def sign_in(client: Client, user: User, path: str = "/accounts/login/"):
    return client.post(path, {"login": user.email, "password": PASSWORD})


def code_of(secret: str) -> str:
    """The code that an authenticator app shows now."""
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06}"
