"""The server refuses to start on an unsafe setting, and says which."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections

_MIN_SECRET = 32
_MAKE_ONE = "make one with `python -c 'import secrets; print(secrets.token_urlsafe(50))'`"


@register(Tags.security)
def settings_are_safe(**_: Any) -> list[CheckMessage]:
    """A secret that was chosen, and hosts that were named, unless this is a trial (DEBUG)."""
    try:
        secret = settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's answer to an empty one
        secret = ""
    found: list[CheckMessage] = []
    if len(secret) < _MIN_SECRET:
        found.append(
            _error(
                "E001", f"SECRET_KEY must be set to at least {_MIN_SECRET} random characters; {_MAKE_ONE}."
            )
        )
    if settings.MEDIA_BUCKET and find_spec("storages") is None:
        found.append(_error("E004", "MEDIA_BUCKET needs the packages of requirements-s3.txt."))
    if settings.DEBUG:
        return found
    if secret and (secret.startswith("demo") or len(set(secret)) < 8):
        found.append(_error("E002", f"SECRET_KEY is guessable; {_MAKE_ONE}."))
    if not settings.HTTPS:
        found.append(
            CheckWarning(
                "HTTPS=0 without DEBUG: cookies of the console travel without TLS. For measurements and tests only; "
                "behind a proxy that ends TLS leave HTTPS as it is.",
                id="prayermap.W001",
            )
        )
    if settings.PUSH_TO_LOOPBACK and not getattr(settings, "IS_TEST_RUN", False):
        found.append(
            _error("E004", "PUSH_TO_LOOPBACK lets people reach services on this machine: tests only.")
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(_error("E003", "ALLOWED_HOSTS must name the hosts that clients use."))
    return found


@register(Tags.database)
def request_login_is_confined(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The request login must not be able to look past row-level security."""
    if not databases or "default" not in databases:
        return []
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper, rolbypassrls, rolinherit, pg_has_role(c.relowner, 'USAGE') "
                "FROM pg_roles LEFT JOIN pg_class c ON c.oid = to_regclass('message') WHERE rolname = current_user"
            )
            is_super, bypasses, inherits, owns = cursor.fetchone() or (True, True, True, True)
    except DatabaseError as error:
        return [
            _error("E010", f"PostgreSQL can't be asked about DATABASE_URL's login: {type(error).__name__}.")
        ]
    reasons = [
        text
        for text, holds in (
            ("is a superuser", is_super),
            ("has BYPASSRLS", bypasses),
            ("inherits the rights of its roles (create it NOINHERIT)", inherits),
            ("owns the tables", bool(owns)),
        )
        if holds
    ]
    return [_error("E011", f"The login of DATABASE_URL {' and '.join(reasons)}.")] if reasons else []


def _error(code: str, text: str) -> Error:
    return Error(text, id=f"prayermap.{code}")
