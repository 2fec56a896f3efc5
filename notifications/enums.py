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


class Channel(models.TextChoices):
    """Ways out; the inbox is not one of them, it is always there."""

    PUSH = "push"
    EMAIL = "email"


class Outcome(models.TextChoices):
    """What became of one notification on one way."""

    SENT = "sent"
    #: Not yet: it is looked at again later.
    HELD = "held"
    #: Not at all, by the person's own wish or because it was no longer needed.
    DROPPED = "dropped"
    #: It was tried, and did not get through.
    FAILED = "failed"
    #: Taken back from the devices that showed it.
    WITHDRAWN = "withdrawn"


class Reason(models.TextChoices):
    """Why. `rules.reasons` has the sentence for each."""

    #: Nothing stood in its way.
    DUE = "due"
    ACTIVE = "active"
    QUIET_HOURS = "quiet_hours"
    #: A push about the same conversation was sent a moment ago.
    COLLAPSED = "collapsed"
    BUDGET = "budget"
    DIGEST = "digest"
    MUTED = "muted"
    LEVEL = "level"
    PREFERENCE = "preference"
    NO_DEVICE = "no_device"
    #: Read, or taken back, before it left.
    READ = "read"
    EXPIRED = "expired"
    #: The push service: the subscription is no more, refused it, or did not answer.
    DEVICE_GONE = "device_gone"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
