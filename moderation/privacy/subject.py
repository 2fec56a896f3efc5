"""Whose traces are meant, and which of them: what shows a name, or what shows none.

What stands under a person's name changes at once when they are erased, what stands anonymously later and apart, so
that nobody who watches can put the two together.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID

from messaging.models import MessageAuthor, Participant
from prayers.models import MemorialEnd, PrayerAuthor, PrayerResponseAuthor

OWNER = "owner"


class Part(Enum):
    """How much of a person is meant."""

    WHOLE = "whole"
    #: The account, and what stands under the name.
    NAMED = "named"
    #: What stands anonymously in one place: a conversation, or below one prayer.
    ANONYMOUS = "anonymous"


class Subject(NamedTuple):
    """A person, or a part of what there is of them."""

    user: UUID
    part: Part
    #: Member rows whose own traces are meant.
    members: list[UUID]
    #: Member rows whose messages without a visible author are meant.
    authors: list[UUID]
    #: Prayers whose anonymous traces are meant, where not all are.
    prayers: list[UUID]

    @property
    def has_account(self) -> bool:
        """Whether what hangs on the account itself is meant."""
        return self.part is not Part.ANONYMOUS


def whole(user: UUID) -> Subject:
    members = list(_members(user).values_list("pk", flat=True))
    return Subject(user, Part.WHOLE, members=members, authors=members, prayers=[])


def named_part(user: UUID) -> Subject:
    members = list(_members(user).filter(is_anonymous=False).values_list("pk", flat=True))
    return Subject(user, Part.NAMED, members=members, authors=[], prayers=[])


def anonymous_part(user: UUID, place: UUID) -> Subject:
    """A member who is named wrote single anonymous messages, perhaps: those are meant too."""
    rows = dict(_members(user).filter(conversation=place).values_list("pk", "is_anonymous"))
    anonymous = [member for member, is_anonymous in rows.items() if is_anonymous]
    return Subject(user, Part.ANONYMOUS, members=anonymous, authors=list(rows), prayers=[place])


def places_of_anonymity(user: UUID) -> list[UUID]:
    """Conversations and prayers where something anonymous of this person may stand."""
    mine = _members(user)
    messages = MessageAuthor.objects.using(OWNER).filter(participant__in=mine)
    prayers = PrayerAuthor.objects.using(OWNER).filter(user=user)
    responses = PrayerResponseAuthor.objects.using(OWNER).filter(user=user)
    lines = MemorialEnd.objects.using(OWNER).filter(responder=user)
    return sorted({
        *mine.filter(is_anonymous=True).values_list("conversation_id", flat=True),
        *messages.values_list("participant__conversation_id", flat=True).distinct(),
        *prayers.values_list("prayer_id", flat=True),
        *lines.values_list("prayer_id", flat=True),
        *responses.values_list("response__prayer_id", flat=True).distinct(),
    })  # fmt: skip


def _members(user: UUID) -> Any:
    return Participant.objects.using(OWNER).filter(user=user)
