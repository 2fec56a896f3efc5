"""The words of prayers."""

from __future__ import annotations

from django.db import models


class PrayerKind(models.TextChoices):
    #: For oneself.
    REQUEST = "request"
    #: For somebody else.
    INTERCESSION = "intercession"
    THANKSGIVING = "thanksgiving"
    PRAISE = "praise"


class PrayerStatus(models.TextChoices):
    #: Takes responses and conversations.
    OPEN = "open"
    #: Its author said so; takes responses, no new conversations.
    ANSWERED = "answered"
    #: Its author wants no more of either; it stays on the map.
    CLOSED = "closed"


class ResponseKind(models.TextChoices):
    TEXT = "text"
    #: "I prayed", without a word.
    PRAYED = "prayed"
