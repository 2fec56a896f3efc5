"""How somebody may not go on."""

from datetime import timedelta

from django.utils.timezone import now

from accounts.enums import EndReason
from accounts.models import Session
from accounts.services.sessions import end_session
from accounts.services.suspension import ban, suspend
from tests.messaging.actors import Actor
from tests.messaging.lines import owner

#: Where the session ends, everywhere.
ENDINGS = ("signed out", "suspended", "banned", "gone", "erased")


def lose_access(person: Actor, why: str) -> None:
    """One of ENDINGS; `gone`: the session's time is over."""
    if why == "signed out":
        session = Session.objects.get(user=person.user)
        end_session(session_id=session.pk, reason=EndReason.SIGNED_OUT, now=now())
    elif why == "suspended":
        suspend(user=person.user, until=now() + timedelta(days=1), code="test", now=now())
    elif why == "banned":
        ban(user=person.user, code="test", now=now())
    elif why == "gone":
        Session.objects.filter(user=person.user).update(expires_at=now() + timedelta(milliseconds=1))
    elif why == "erased":
        owner("UPDATE accounts_user SET is_active = false, erased_at = now() WHERE id = %s", person.id)
    else:
        raise ValueError(why)
