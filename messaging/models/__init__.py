"""The tables of messaging."""

from .archive import ArchivedMonth
from .attachment import Attachment, MediaBlob
from .conversation import Conversation, DirectPair, PrayerPair
from .delivery import DeliveryStatus, Mention
from .message import Message, MessageAuthor
from .message_parts import MessageRevision, PersonalMark, Reaction
from .participant import Participant, PersonState, SlowModeTurn
from .queue import QueuedMessage

__all__ = [
    "ArchivedMonth",
    "Attachment",
    "Conversation",
    "DeliveryStatus",
    "DirectPair",
    "MediaBlob",
    "Mention",
    "Message",
    "MessageAuthor",
    "MessageRevision",
    "Participant",
    "PersonState",
    "PersonalMark",
    "PrayerPair",
    "QueuedMessage",
    "Reaction",
    "SlowModeTurn",
]
