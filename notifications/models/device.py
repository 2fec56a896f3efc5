"""Where pushes go."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from prayermap.lib.ids import uuid7


class PushDevice(models.Model):
    """A web-push subscription of a browser or an app. It is good as long as the sign-in from which it was made."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    #: accounts.Session; no foreign key, since sessions are cleaned away by another role.
    session_id = models.UUIDField()
    #: What the client calls its device.
    device_id = models.TextField(blank=True, default="")
    client_id = models.UUIDField(null=True)
    #: The push service's address for this subscription; whoever knows it can push, so it is nobody else's to see.
    endpoint = models.TextField()
    p256dh = models.TextField()
    auth = models.TextField()
    created_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True)
    #: Refusals in a row.
    failures = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "push_device"
        constraints = (
            models.UniqueConstraint(name="push_device_endpoint", fields=("endpoint",)),
            models.UniqueConstraint(name="push_device_client_id", fields=("user", "client_id")),
        )

    def __str__(self) -> str:
        return str(self.id)
