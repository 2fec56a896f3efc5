"""Somebody who wants to hear no more of somebody."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

from prayermap.lib.ids import uuid7

from .user import User

#: Violated by a `client_id` that already named another block of this person.
CLIENT_ID_UNIQUE = "block_client_id_unique"


class Block(models.Model):
    """`blocker` has blocked a person, or an anonymous member, of whom only the member's id is known here."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    blocker = models.ForeignKey(User, models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    #: No foreign key: conversations stand above people.
    blocked_member = models.UUIDField(null=True, blank=True)
    client_id = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="block_one_target",
                condition=Q(blocked=None, blocked_member__isnull=False)
                | Q(blocked__isnull=False, blocked_member=None),
            ),
            models.CheckConstraint(
                name="block_not_oneself", condition=Q(blocked=None) | ~Q(blocked=F("blocker"))
            ),
            models.UniqueConstraint(name="block_user_once", fields=("blocker", "blocked")),
            models.UniqueConstraint(name="block_member_once", fields=("blocker", "blocked_member")),
            models.UniqueConstraint(name=CLIENT_ID_UNIQUE, fields=("blocker", "client_id")),
        )

    def __str__(self) -> str:
        return str(self.id)
