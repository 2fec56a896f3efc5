"""Conversations in the admin site: that something happened, never what was written.

Not shown at all: `MessageAuthor` and `DirectPair`, the sealed tables. They say who stands behind an anonymous
message or member; a moderator may learn that through a case only, where the look is recorded. PostgreSQL
grants them to nobody, so no page could show them by mistake.
Models with a composite key can't have pages in Django's admin: `DeliveryStatus`, `Mention` and `ClientKey`
stand as sections on the pages of what they belong to.
"""

from . import conversations, messages, participants, people

__all__ = ["conversations", "messages", "participants", "people"]
