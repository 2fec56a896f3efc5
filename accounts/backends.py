"""Sign-in of browsers by e-mail address and password."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from accounts import rules
from accounts.models import User
from prayermap.lib.times import utc_now


class EmailBackend(AuthenticationBackend):  # type: ignore[misc]  # published without types
    """allauth's backend, for which a suspended person is nobody: at sign-in and at every later request."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        return isinstance(user, User) and rules.may_enter(user, utc_now())
