"""People, their devices and blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Block, ClientKey, Session, User
from accounts.services.erasing import hollow_columns
from moderation.privacy.subject import Subject
from moderation.privacy.traces import Batch, Deleted, Kept, Trace, of_account
from prayermap.lib.times import utc_now


@dataclass(frozen=True, kw_only=True)
class HollowAccount(Trace):
    """The row stays and says nothing of anybody; its address is free again."""

    @property
    def emptied(self) -> frozenset[str]:
        return frozenset(hollow_columns(User().pk, utc_now()))

    def left(self, subject: Subject) -> QuerySet[Any]:
        return self.rows(subject).filter(erased_at=None)

    def erase(self, subject: Subject, batch: Batch) -> None:
        batch(lambda: self.left(subject).update(**hollow_columns(subject.user, utc_now())))


TRACES: tuple[Trace, ...] = (
    HollowAccount(
        model=User,
        whose=of_account("pk"),
        kept={
            "id": "member rows of others' conversations point at it; it stands for nobody",
            "created_at": "the id says the same",
        },
        shown=(
            "id", "email", "display_name", "timezone", "share_read_receipts", "share_presence", "is_staff",
            "is_superuser", "suspended_until", "suspension_reason_code", "banned_at", "created_at", "last_login",
        ),
        hidden={
            "password": "a digest, of use only to somebody who guesses",
            "is_active": "true for whoever can ask",
            "erased_at": "empty for whoever can ask",
        },
    ),
    Deleted(
        model=Session,
        whose=of_account("user"),
        shown=("id", "device_id", "created_at", "last_used_at", "expires_at", "ended_at", "end_reason"),
        hidden={
            "user_id": "the person",
            "refresh_digest": "a secret between the device and the server",
            "generation": "counts the secrets",
            "rotated_at": "when the secret last changed",
        },
    ),
    Deleted(
        model=Block,
        whose=of_account("blocker"),
        shown=("id", "blocked_id", "blocked_member", "created_at"),
        hidden={"blocker_id": "the person", "client_id": "the client's own number of the request"},
    ),
    Kept(
        model=Block,
        whose=of_account("blocked"),
        kept={
            "id": "another person's setting",
            "blocker_id": "another person's setting",
            "blocked_id": "another person's setting; the account it points at is hollow",
            "blocked_member": "empty here",
            "client_id": "another person's setting",
            "created_at": "another person's setting",
        },
        hidden=dict.fromkeys(("id", "blocker_id", "blocked_id", "blocked_member", "client_id", "created_at"), "another person's setting"),
    ),
    Deleted(
        model=ClientKey,
        whose=of_account("user"),
        shown=("client_id", "result_id", "created_at"),
        hidden={"user_id": "the person", "digest": "tells a repeated request from another one"},
    ),
    Deleted(
        model=User.groups.through,
        whose=of_account("user"),
        shown=("group_id",),
        hidden={"id": "a number of the server's", "user_id": "the person"},
    ),
    Deleted(
        model=User.user_permissions.through,
        whose=of_account("user"),
        shown=("permission_id",),
        hidden={"id": "a number of the server's", "user_id": "the person"},
    ),
)  # fmt: skip

IMPERSONAL: dict[str, str] = {}
