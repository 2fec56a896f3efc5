"""Tables that Django, allauth and procrastinate brought along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session as BrowserSession
from django.db.models import Q, QuerySet

from moderation.privacy.subject import OWNER, Subject
from moderation.privacy.traces import Deleted, Emptied, Kept, Trace, of_account


@dataclass(frozen=True, kw_only=True)
class BrowserSessions(Deleted):
    """Whose a browser's session is stands inside its signed text alone: all of them are read."""

    def rows(self, subject: Subject) -> QuerySet[Any]:
        sessions = BrowserSession.objects.using(OWNER)
        if not subject.has_account:
            return sessions.none()
        theirs = [
            row.session_key
            for row in sessions.iterator(chunk_size=1_000)
            if row.get_decoded().get(SESSION_KEY) == str(subject.user)
        ]
        return sessions.filter(pk__in=theirs)


def _about(subject: Subject) -> Q | None:
    """Changes that the admin site made to the person's own row."""
    if not subject.has_account:
        return None
    return Q(content_type__app_label="accounts", content_type__model="user", object_id=str(subject.user))


_A_DEED = "a deed of a member of staff; the account it names is hollow"

TRACES: tuple[Trace, ...] = (
    BrowserSessions(
        model=BrowserSession,
        whose=of_account("pk"),
        shown=("expire_date",),
        hidden={"session_key": "signs its owner in", "session_data": "holds what signs its owner in"},
    ),
    Deleted(
        model=EmailConfirmation,
        whose=of_account("email_address__user"),
        shown=("created", "sent"),
        hidden={
            "id": "a number of the server's",
            "key": "a secret of the mail it was sent in",
            "email_address_id": "stands among the addresses",
        },
    ),
    Deleted(
        model=EmailAddress,
        whose=of_account("user"),
        shown=("email", "verified", "primary"),
        hidden={"id": "a number of the server's", "user_id": "the person"},
    ),
    Deleted(
        model=Authenticator,
        whose=of_account("user"),
        shown=("type", "created_at", "last_used_at"),
        hidden={"id": "a number of the server's", "user_id": "the person", "data": "the secret of the second factor"},
    ),
    Emptied(
        model=LogEntry,
        whose=_about,
        to={"object_repr": ""},
        kept={
            "id": _A_DEED, "action_time": _A_DEED, "user_id": _A_DEED, "content_type_id": _A_DEED,
            "object_id": "the hollow account", "action_flag": _A_DEED, "change_message": "names of columns only",
        },
        shown=("action_time", "change_message"),
        hidden={
            "id": "a number of the server's",
            "user_id": "which moderator it was",
            "content_type_id": "the person's own row",
            "object_id": "the person's own row",
            "object_repr": "the person's own row",
            "action_flag": "a change, always",
        },
    ),
    Kept(
        model=LogEntry,
        whose=of_account("user"),
        kept=dict.fromkeys(
            (
                "id", "action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag",
                "change_message",
            ),
            _A_DEED,
        ),
        hidden=dict.fromkeys(
            (
                "id", "action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag",
                "change_message",
            ),
            "work of the staff, about others",
        ),
    ),
)  # fmt: skip

_OF_THE_CODE = "follows from the code"
_WORK = "background work: ids and times, removed when it is done"
IMPERSONAL = {
    "auth_group": _OF_THE_CODE,
    "auth_group_permissions": _OF_THE_CODE,
    "auth_permission": _OF_THE_CODE,
    "django_content_type": _OF_THE_CODE,
    "django_migrations": _OF_THE_CODE,
    "procrastinate_events": _WORK,
    "procrastinate_jobs": _WORK,
    "procrastinate_periodic_defers": _WORK,
    "procrastinate_workers": _WORK,
}
