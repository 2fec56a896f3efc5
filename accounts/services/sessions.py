"""Sessions begin, are refreshed, and end. Called by the server as itself, in a transaction of the caller's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from accounts import rules, tokens
from accounts.enums import EndReason
from accounts.models import Session, User
from prayermap.lib.errors import NotAuthenticated
from prayermap.lib.news import SessionEnded, publish_on_commit

#: The socket's close code for a session that ended.
CLOSE_SESSION_ENDED = 4501
#: How long the last refresh may be repeated: its answer may have been lost on the way.
REPLAY_WINDOW = timedelta(seconds=60)
#: Ended and expired sessions are kept that long for the admin site.
KEEP_ENDED = timedelta(days=30)
_PURGE_BATCH = 1_000


class TokenPair(NamedTuple):
    """What a device holds: a short-lived JWT, and the opaque token that renews both."""

    access: str
    refresh: str


def begin_session(*, user: User, device_id: str, now: datetime) -> TokenPair:
    """Sign `user` in on a device."""
    session = Session(user=user, device_id=device_id, rotated_at=now, created_at=now, last_used_at=now)
    _set_refresh(session, now)
    session.save(force_insert=True)
    return _pair(session)


def begin_browser_session(*, user: User, now: datetime) -> Session:
    """The session of a signed-in browser: a cookie proves it, so it has no tokens."""
    return Session.objects.create(
        user=user, created_at=now, rotated_at=now, last_used_at=now, expires_at=now + _lifetime()
    )


def refresh_session(*, token: str, now: datetime) -> TokenPair | None:
    """The next pair of tokens for the newest refresh token.

    The one before it answers with the same pair for 60 s. An older one is in wrong hands: the session ends,
    and None is returned (an exception would take the ending back). Raises NotAuthenticated for all else.
    """
    proof = tokens.read_refresh_token(token)
    session = _locked(proof.session_id) if proof else None
    if proof is None or session is None or not _is_usable(session, now):
        raise NotAuthenticated
    if proof.generation == session.generation and session.has_digest(tokens.digest(token)):
        return _rotate(session, now)
    if proof.generation == session.generation - 1 and now - session.rotated_at <= REPLAY_WINDOW:
        return _pair(session)
    end_session(session_id=session.pk, reason=EndReason.TOKEN_REUSED, now=now)
    return None


def sign_out(*, token: str, now: datetime) -> None:
    """End the session of a refresh token, however old the token. Again: nothing. Raises NotAuthenticated."""
    proof = tokens.read_refresh_token(token)
    if proof is None:
        raise NotAuthenticated
    end_session(session_id=proof.session_id, reason=EndReason.SIGNED_OUT, now=now)


def end_session(*, session_id: UUID, reason: EndReason, now: datetime) -> bool:
    """True when this call ended it. Access tokens stop at once, sockets within a second."""
    ended = Session.objects.filter(pk=session_id, ended_at=None).update(ended_at=now, end_reason=reason)
    if ended:
        publish_on_commit("session.ended", SessionEnded(str(session_id), CLOSE_SESSION_ENDED, reason.value))
    return bool(ended)


def end_all_sessions(*, user_id: UUID, reason: EndReason, now: datetime, but: UUID | None = None) -> int:
    """End every session of a person, `but` the one that asked for it. How many there were."""
    running = Session.objects.filter(~Q(pk=but) if but else Q(), user_id=user_id, ended_at=None)
    return sum(
        end_session(session_id=session_id, reason=reason, now=now)
        for session_id in running.values_list("pk", flat=True)
    )


def purge_sessions(*, now: datetime) -> int:
    """Delete sessions that ended or ran out 30 days ago, at most 1,000 of them. How many; call again until 0."""
    old = Session.objects.filter(Q(ended_at__lt=now - KEEP_ENDED) | Q(expires_at__lt=now - KEEP_ENDED))
    batch = list(old.values_list("pk", flat=True)[:_PURGE_BATCH])
    return Session.objects.filter(pk__in=batch).delete()[0]


def _locked(session_id: UUID) -> Session | None:
    """Two refreshes at once take turns, so that the second is answered as a repetition."""
    return (
        Session.objects.select_for_update(of=("self",)).select_related("user").filter(pk=session_id).first()
    )


def _is_usable(session: Session, now: datetime) -> bool:
    return session.ended_at is None and session.expires_at > now and rules.may_enter(session.user, now)


def _rotate(session: Session, now: datetime) -> TokenPair:
    session.generation += 1
    session.rotated_at = session.last_used_at = now
    _set_refresh(session, now)
    session.save(update_fields=("generation", "rotated_at", "last_used_at", "refresh_digest", "expires_at"))
    return _pair(session)


def _set_refresh(session: Session, now: datetime) -> None:
    newest = tokens.refresh_tokens(session.pk, session.generation)[0]
    session.refresh_digest = tokens.digest(newest)
    session.expires_at = now + _lifetime()


def _pair(session: Session) -> TokenPair:
    """The present pair, computed anew from the row: the same answer however often it is asked for."""
    made = tokens.refresh_tokens(session.pk, session.generation)
    refresh = next((token for token in made if session.has_digest(tokens.digest(token))), None)
    if refresh is None:  # SECRET_KEY was replaced without a fallback
        raise NotAuthenticated
    access = tokens.access_token(
        user_id=session.user_id,
        session_id=session.pk,
        generation=session.generation,
        issued_at=session.rotated_at,
    )
    return TokenPair(access, refresh)


def _lifetime() -> timedelta:
    return timedelta(days=settings.REFRESH_TOKEN_DAYS)
