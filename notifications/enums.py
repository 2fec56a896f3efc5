"""What people are told about."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """Durable facts only: typing and presence are frames, never rows."""

    MESSAGE_RECEIVED = "message_received"
    #: Others' devices have my messages; off unless asked for.
    MESSAGE_DELIVERED = "message_delivered"
    #: Others have read my messages; off unless asked for.
    MESSAGE_READ = "message_read"
    MENTION = "mention"
    CONVERSATION_INVITE = "conversation_invite"
    #: A stranger's invitation.
    MESSAGE_REQUEST = "message_request"
    PRAYER_RESPONSE = "prayer_response"
    PRAYER_CONVERSATION_STARTED = "prayer_conversation_started"
    PRAYER_ANSWERED = "prayer_answered"
    MODERATION_NOTICE = "moderation_notice"
