"""Files that messages carry. Sealed: members reach them through functions only, since a row names its uploader."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from messaging.enums import MediaKind
from prayermap.lib.ids import uuid7


class MediaBlob(models.Model):
    """A stored file, free of metadata; shared by all attachments that carry it, gone with the last of them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.TextField(choices=MediaKind.choices)
    content_type = models.TextField()
    #: SHA-256 of the stored bytes, hexadecimal.
    digest = models.TextField()
    storage_name = models.TextField(unique=True)
    thumbnail_name = models.TextField(blank=True, default="")
    size = models.BigIntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    duration_ms = models.IntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "media_blob"
        constraints = (
            models.CheckConstraint(name="media_blob_kind", condition=Q(kind__in=MediaKind.values)),
            models.CheckConstraint(name="media_blob_size", condition=Q(size__gte=1)),
        )

    def __str__(self) -> str:
        return str(self.id)


class Attachment(models.Model):
    """A file in one message, or an upload that waits for its message (`message_id` NULL).

    A file that is sent again gets a row, an id and an address of its own, so that nothing links the two messages.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    blob = models.ForeignKey(MediaBlob, models.PROTECT, related_name="attachments")
    message_id = models.UUIDField(null=True)
    conversation_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "attachment"
        constraints = (models.UniqueConstraint(name="attachment_message", fields=("message_id",)),)
        indexes = (
            # Uploads that were never sent.
            models.Index(
                name="attachment_unsent", fields=("created_at",), condition=Q(message_id__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
