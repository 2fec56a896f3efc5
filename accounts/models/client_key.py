"""Requests that created something, so that a repeated one finds the first result."""

from __future__ import annotations

from django.db import models

from .user import User


class ClientKey(models.Model):
    """What a `client_id` of a creation other than a message led to; kept 30 days."""

    pk = models.CompositePrimaryKey("user_id", "client_id")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    client_id = models.UUIDField()
    #: Keyed digest of the request, so that another body is told from a repetition.
    digest = models.TextField()
    result_id = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "client_key"
        indexes = (models.Index(name="client_key_age", fields=("created_at",)),)

    def __str__(self) -> str:
        return str(self.client_id)
