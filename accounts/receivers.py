"""What Django and allauth tell us about browsers: they get sessions like every other device."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account import signals as allauth_signals
from django.contrib.auth import signals as auth_signals
from django.db import transaction
from django.http import HttpRequest

from accounts.authentication import BROWSER_SESSION_KEY, browser_session
from accounts.enums import EndReason
from accounts.models import User
from accounts.services import sessions
from prayermap.lib.times import utc_now


def connect() -> None:
    """Once, when the app is ready."""
    auth_signals.user_logged_in.connect(begin, dispatch_uid="accounts.begin")
    auth_signals.user_logged_out.connect(end, dispatch_uid="accounts.end")
    for signal in (
        allauth_signals.password_changed,
        allauth_signals.password_reset,
        allauth_signals.password_set,
    ):
        signal.connect(end_others, dispatch_uid="accounts.end_others")


def begin(*, request: HttpRequest | None, user: User, **_: Any) -> None:
    """A browser signed in. Signing in again while one is goes on with the same session."""
    if request is None or not hasattr(request, "session") or browser_session(request, user):
        return
    session = sessions.begin_browser_session(user=user, now=utc_now())
    request.session[BROWSER_SESSION_KEY] = str(session.pk)


def end(*, request: HttpRequest, **_: Any) -> None:
    """A browser signed out: its sockets close."""
    if known := request.session.get(BROWSER_SESSION_KEY):
        with transaction.atomic():
            sessions.end_session(session_id=UUID(known), reason=EndReason.SIGNED_OUT, now=utc_now())


def end_others(*, request: HttpRequest, user: User, **_: Any) -> None:
    """A new password ends every sign-in but the one it was set from."""
    known = request.session.get(BROWSER_SESSION_KEY) if request.user == user else None
    with transaction.atomic():
        sessions.end_all_sessions(
            user_id=user.pk,
            reason=EndReason.PASSWORD_CHANGED,
            now=utc_now(),
            but=UUID(known) if known else None,
        )
