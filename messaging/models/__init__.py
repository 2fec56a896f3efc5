"""The tables of messaging."""

from .conversation import ClientKey, Conversation, DirectPair
from .delivery import DeliveryStatus, Mention
from .message import Message, MessageAuthor
from .participant import Participant, PersonState

__all__ = [
    "ClientKey",
    "Conversation",
    "DeliveryStatus",
    "DirectPair",
    "Mention",
    "Message",
    "MessageAuthor",
    "Participant",
    "PersonState",
]
