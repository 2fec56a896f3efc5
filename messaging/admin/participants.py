"""Members of conversations."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from messaging.models import Conversation, Mention, Message, Participant, PersonState
from prayermap.lib.admin import ReadOnlyAdmin, Section, link, section
from prayermap.lib.admin.sections import MOST

from .names import Person, people_of, person_link

#: Where `prepare` leaves what the row itself can't say.
_PERSON = "_person"


def mentions_of(request: HttpRequest, member: Participant) -> Section | None:
    """Newest first. Uses index: mention_pkey (participant_id, seq)."""
    if not request.user.has_perm("messaging.view_message"):
        return None
    rows = Mention.objects.filter(participant_id=member.pk).order_by("-seq")[: MOST + 1]
    return section(
        "Mentions",
        ("Seq", "Message"),
        ((row.seq, link(Message, row.message_id)) for row in rows),
    )


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin[Participant]):
    """A member. Who an anonymous one is, is nowhere here; the role of this site can't read it."""

    notice = "Of an anonymous member nothing here tells who it is. A member's own settings are private."
    readable = (
        "id", "conversation_id", "role", "state", "is_anonymous", "rev", "is_request", "is_told", "declined_at",
        "invited_by", "created_at", "visible_from_seq", "read_seq", "delivered_seq",
    )  # fmt: skip
    list_display = ("id", "person", "role", "state", "is_anonymous", "created_at", "conversation_link")
    #: Ids are random, so this order says nothing about who came first.
    search_fields = ("pk", "conversation")
    search_help_text = "The id of a member or of a conversation"
    filter_keys = ("conversation",)
    fields = (
        "id",
        "person",
        "conversation_link",
        ("role", "state", "is_anonymous"),
        ("is_request", "is_told", "declined_at", "inviter"),
        ("visible_from_seq", "delivered_seq", "read_seq"),
        ("rev", "created_at"),
    )
    sections = [mentions_of]

    def prepare(self, rows: Sequence[Participant]) -> None:
        people = people_of(row.pk for row in rows)
        for row in rows:
            vars(row)[_PERSON] = people

    @admin.display(description="Person")
    def person(self, row: Participant) -> SafeString | str:
        people: dict[object, Person] = vars(row).get(_PERSON, {})
        return person_link(row.pk, people)  # type: ignore[arg-type]  # keys are ids

    @admin.display(description="Conversation")
    def conversation_link(self, row: Participant) -> SafeString | str:
        return link(Conversation, row.conversation_id)

    @admin.display(description="Invited by")
    def inviter(self, row: Participant) -> SafeString | str:
        return link(Participant, row.invited_by)


@admin.register(PersonState)
class PersonStateAdmin(ReadOnlyAdmin[PersonState]):
    """A person's counter of changes that only their own devices see."""

    readable = ("me_rev", "user__display_name", "user__email")
    related = ("user",)
    list_display = ("user", "me_rev")
    search_fields = ("user__email", "pk")
    search_help_text = "An e-mail address or the id of a person"
    fields = ("user", "me_rev")
