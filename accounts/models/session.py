"""A device that is signed in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.timezone import now

from accounts.enums import EndReason
from prayermap.lib.ids import uuid7

from .user import User


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self, now: datetime) -> SessionQuerySet:
        """Neither ended nor expired at `now`, of somebody who may be here (the twin of `rules.may_enter`)."""
        return self.filter(
            Q(user__suspended_until=None) | Q(user__suspended_until__lte=now),
            ended_at=None,
            expires_at__gt=now,
            user__is_active=True,
            user__banned_at=None,
        )


class Session(models.Model):
    """One sign-in on one device: what access tokens, sockets and tickets belong to.

    The refresh token of generation n follows from a server key, the id and n; here stands only its SHA-256,
    NULL for the session of a browser, which holds a cookie instead.
    """

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    #: What the client calls its device; empty when it doesn't say.
    device_id = models.CharField(max_length=64, default="", blank=True)
    refresh_digest = models.BinaryField(null=True, unique=True, editable=False)
    #: How often the refresh token was rotated.
    generation = models.PositiveIntegerField(default=0)
    #: When the present pair of tokens was made: the access token's `iat`.
    rotated_at = models.DateTimeField(default=now)
    created_at = models.DateTimeField(default=now)
    last_used_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=32, choices=EndReason.choices, default="", blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="session_refresh_digest_sha256",
                condition=Q(refresh_digest=None)
                | Q(Exact(Func(F("refresh_digest"), function="octet_length"), 32)),
            ),
            models.CheckConstraint(name="session_expires_after", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(
                name="session_end_reason",
                condition=Q(ended_at=None, end_reason="")
                | Q(ended_at__isnull=False, end_reason__in=EndReason.values),
            ),
        )
        indexes = (models.Index(name="session_expires", fields=("expires_at",)),)

    def __str__(self) -> str:
        return str(self.id)

    def has_digest(self, digest: bytes) -> bool:
        """Whether this is the digest of the present refresh token."""
        return self.refresh_digest is not None and bytes(self.refresh_digest) == digest
