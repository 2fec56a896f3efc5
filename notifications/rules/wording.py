"""How a mail counts: a line for each kind, without a name or a text."""

from __future__ import annotations

from collections.abc import Mapping

from notifications.enums import Kind

_WORDS: dict[str, tuple[str, str]] = {
    Kind.MODERATION_NOTICE: ("a notice from the moderators", "{} notices from the moderators"),
    Kind.MENTION: ("a message that mentions you", "{} messages that mention you"),
    Kind.MESSAGE_RECEIVED: ("an unread message", "{} unread messages"),
    Kind.CONVERSATION_INVITE: ("an invitation to a conversation", "{} invitations to conversations"),
    Kind.MESSAGE_REQUEST: ("a message request", "{} message requests"),
    Kind.PRAYER_RESPONSE: ("a response to a prayer of yours", "{} responses to prayers of yours"),
    Kind.PRAYER_CONVERSATION_STARTED: (
        "a conversation about a prayer of yours",
        "{} conversations about prayers of yours",
    ),
    Kind.PRAYER_ANSWERED: (
        "an answered prayer that you prayed for",
        "{} answered prayers that you prayed for",
    ),
    Kind.MESSAGE_READ: ("somebody has read what you wrote", "what you wrote was read {} times"),
    Kind.MESSAGE_DELIVERED: ("what you wrote has arrived", "what you wrote has arrived {} times"),
}


def lines(counts: Mapping[str, int]) -> list[str]:
    """`3 unread messages` and so on, the most weighty first; nothing for what is counted as none."""
    found = []
    for kind, (one, many) in _WORDS.items():
        count = counts.get(kind, 0)
        if count:
            found.append(one if count == 1 else many.format(count))
    return found
