"""The words the contract uses, one class each."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    #: About one prayer, between its author and somebody who answered.
    PRAYER_RESPONSE = "prayer_response"
    #: The one canonical conversation of two people.
    DIRECT_MESSAGE = "direct_message"
    #: A group that prays together.
    GROUP_PRAYER = "group_prayer"
    #: People who stand by one person for longer.
    PRAYER_SUPPORT = "prayer_support"


class Role(models.TextChoices):
    #: May do everything, and hands over before leaving.
    OWNER = "owner"
    #: Invites, approves, removes, edits title and description.
    ADMIN = "admin"
    MEMBER = "member"


class State(models.TextChoices):
    #: Asked by somebody inside; sees the conversation, not its messages.
    INVITED = "invited"
    #: Asked to join; waits for an admin.
    REQUESTED = "requested"
    ACTIVE = "active"
    LEFT = "left"
    REMOVED = "removed"


#: States in which a conversation is among one's own.
LISTED_STATES = (State.INVITED, State.REQUESTED, State.ACTIVE)


class NotificationLevel(models.TextChoices):
    ALL = "all"
    MENTIONS = "mentions"
    NONE = "none"


class MessageType(models.TextChoices):
    TEXT = "text"
    AUDIO = "audio"
    VIDEO = "video"
    IMAGE = "image"
    PRAYER_CARD = "prayer_card"
    LOCATION = "location"
    PRAYER_UPDATE = "prayer_update"
    BIBLE_VERSE = "bible_verse"


class MediaKind(models.TextChoices):
    """Types of message that carry a file."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"


class MessageState(models.TextChoices):
    LIVE = "live"
    #: Deleted for all by its author: a tombstone.
    DELETED = "deleted"
    #: Taken out of sight by a moderator.
    HIDDEN = "hidden"
    #: Its author was erased.
    ERASED = "erased"


class QueueState(models.TextChoices):
    """Where a queued message stands."""

    #: Waits for its time, for the one before it, or for another try.
    PENDING = "pending"
    #: A worker holds it.
    SENDING = "sending"
    SENT = "sent"
    #: For good.
    FAILED = "failed"
