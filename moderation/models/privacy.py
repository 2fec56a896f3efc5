"""What people asked for about their data, and what keeps it from being done."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from moderation.enums import ErasureOrigin, ErasureState, ExportState
from prayermap.lib.ids import uuid7

#: Requests that still have something to do.
OPEN_STATES = (ErasureState.PENDING, ErasureState.HELD, ErasureState.RUNNING, ErasureState.SETTLING)
#: Violated by a second open request of one person.
ONE_OPEN = "erasure_request_one_open"
#: Regulation (EU) 2016/679, article 12, paragraph 3: within one month.
DEADLINE = timedelta(days=30)


def new_salt() -> bytes:
    return secrets.token_bytes(16)


class ErasureRequest(models.Model):
    """A person is to be erased, or was. The row is also what its workers lock, batch by batch, and where they count."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    client_id = models.UUIDField(null=True)
    state = models.TextField(choices=ErasureState.choices, default=ErasureState.PENDING)
    origin = models.TextField(choices=ErasureOrigin.choices, default=ErasureOrigin.PERSON)
    requested_at = models.DateTimeField()
    #: Until then it can be taken back.
    due_at = models.DateTimeField()
    #: The day by which the law wants it done.
    deadline_at = models.DateTimeField()
    #: From here on there is no way back: the ledger has its entry.
    begun_at = models.DateTimeField(null=True)
    #: Nothing stands under the person's name any more.
    named_at = models.DateTimeField(null=True)
    #: When the last check found nothing. A day after `named_at` at least, so it tells nothing of single traces.
    done_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    #: Rows that will be erased, by table, counted soon after the request.
    preview = models.JSONField(null=True)
    #: Rows that were erased, by table: {"named": {…}, "anonymous": {…}}. Whoever watched the second grow would learn when.
    counts = models.JSONField(default=dict)
    #: As the worker issued it, the newest: with the account's id, which names nobody any more.
    certificate = models.JSONField(null=True)
    #: Makes the moments at which anonymous traces change unguessable; read by nobody but the worker.
    salt = models.BinaryField(default=new_salt)

    class Meta:
        db_table = "erasure_request"
        constraints = (
            models.CheckConstraint(name="erasure_request_state", condition=Q(state__in=ErasureState.values)),
            models.CheckConstraint(
                name="erasure_request_origin", condition=Q(origin__in=ErasureOrigin.values)
            ),
            models.CheckConstraint(
                name="erasure_request_begun",
                condition=Q(begun_at__isnull=False)
                | ~Q(state__in=[ErasureState.RUNNING, ErasureState.SETTLING, ErasureState.DONE]),
            ),
            models.UniqueConstraint(name=ONE_OPEN, fields=("user",), condition=Q(state__in=OPEN_STATES)),
            models.UniqueConstraint(name="erasure_request_client_id", fields=("user", "client_id")),
        )
        indexes = (
            models.Index(name="erasure_request_due", fields=("due_at",), condition=Q(state__in=OPEN_STATES)),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.id}"


class ExportRequest(models.Model):
    """A person wants a copy of their data. The file is made by the worker and kept for some days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    client_id = models.UUIDField(null=True)
    state = models.TextField(choices=ExportState.choices, default=ExportState.PENDING)
    requested_at = models.DateTimeField()
    #: When a worker took it; one that is killed leaves it, and another takes it an hour later.
    started_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    #: In the storage of files; empty where there is none.
    storage_name = models.TextField(blank=True, default="")
    size = models.BigIntegerField(null=True)
    #: SHA-256 of the file, hexadecimal.
    digest = models.TextField(blank=True, default="")
    #: SHA-256 of the newest link's word, which opens the file once.
    link_digest = models.BinaryField(null=True)
    link_expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "export_request"
        constraints = (
            models.CheckConstraint(name="export_request_state", condition=Q(state__in=ExportState.values)),
            models.CheckConstraint(
                name="export_request_file",
                condition=Q(state=ExportState.READY, ready_at__isnull=False, expires_at__isnull=False)
                & ~Q(storage_name="")
                | ~Q(state=ExportState.READY) & Q(storage_name="", link_digest=None),
            ),
            models.UniqueConstraint(
                name="export_request_one_open",
                fields=("user",),
                condition=Q(state__in=(ExportState.PENDING, ExportState.RUNNING)),
            ),
            models.UniqueConstraint(name="export_request_client_id", fields=("user", "client_id")),
            models.UniqueConstraint(name="export_request_link", fields=("link_digest",)),
        )
        indexes = (
            models.Index(
                name="export_request_expiry", fields=("expires_at",), condition=Q(state=ExportState.READY)
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.id}"


class LegalHold(models.Model):
    """Keeps a person or a conversation as it is: no erasure, no archival, no retention, until it is released."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: No foreign key: conversations are emptied and deleted by others.
    conversation_id = models.UUIDField(null=True, blank=True)
    #: The reference of the order, not what it is about.
    reason = models.TextField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    placed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "legal_hold"
        constraints = (
            models.CheckConstraint(
                name="legal_hold_one_target",
                condition=Q(user=None, conversation_id__isnull=False)
                | Q(user__isnull=False, conversation_id=None),
            ),
            models.CheckConstraint(name="legal_hold_reason", condition=~Q(reason="")),
        )
        indexes = (
            models.Index(
                name="legal_hold_conversation", fields=("conversation_id",), condition=Q(released_at=None)
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
