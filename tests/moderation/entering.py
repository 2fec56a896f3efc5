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
    "superuser": ("superuser", False),
    "superuser with a second factor": ("superuser", True),
}


def browser_of(role: str) -> Client:
    """A browser that has gone as far with signing in as the role can."""
    kind, has_second_factor = ROLES[role]
    client = Client()
    if kind is None:
        return client
    user = make_person(kind)
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
