"""Which kinds are told by which way, unless a person wants it otherwise."""

from __future__ import annotations

from typing import NamedTuple

from notifications.enums import Kind


class Channels(NamedTuple):
    """In the inbox, as a push, by e-mail."""

    in_app: bool
    push: bool
    email: bool


OFF = Channels(in_app=False, push=False, email=False)
DEFAULTS: dict[str, Channels] = {
    Kind.MESSAGE_RECEIVED: Channels(in_app=True, push=True, email=False),
    Kind.MESSAGE_DELIVERED: OFF,
    Kind.MESSAGE_READ: OFF,
    Kind.MENTION: Channels(in_app=True, push=True, email=False),
    Kind.CONVERSATION_INVITE: Channels(in_app=True, push=True, email=False),
    Kind.MESSAGE_REQUEST: Channels(in_app=True, push=False, email=False),
    Kind.PRAYER_RESPONSE: Channels(in_app=True, push=True, email=False),
    Kind.PRAYER_CONVERSATION_STARTED: Channels(in_app=True, push=True, email=False),
    Kind.PRAYER_ANSWERED: Channels(in_app=True, push=True, email=False),
    Kind.MODERATION_NOTICE: Channels(in_app=True, push=True, email=True),
}
#: Strangers' requests wait in the inbox, whatever somebody might set: they are the way of abuse.
INBOX_ONLY = frozenset({Kind.MESSAGE_REQUEST.value})
