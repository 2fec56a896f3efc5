"""Messages without their words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from messaging.models import Conversation, DeliveryStatus, Mention, Message
from prayermap.lib import db
from prayermap.lib.admin import ReadOnlyAdmin, Section, link, section
from prayermap.lib.admin.sections import MOST
from prayermap.lib.ids import uuid7_floor
from prayermap.lib.times import utc_now

from .names import Person, member_link, people_of

#: Where `prepare` leaves the names of the page's senders.
_PEOPLE = "_people"


class MonthFilter(admin.SimpleListFilter):
    """Messages written in one month: one partition, found by the id alone."""

    title = "month"
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        today = utc_now().date()
        months = [row[0] for row in db.call("message_months") if row[0] <= today]
        return [(f"{month:%Y-%m}", f"{month:%B %Y}") for month in reversed(months)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        offered = {value for value, _ in self.lookup_choices}
        if self.value() not in offered:
            return queryset
        first = datetime.strptime(f"{self.value()}-01", "%Y-%m-%d").replace(tzinfo=UTC)
        end = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        return queryset.filter(pk__gte=uuid7_floor(first), pk__lt=uuid7_floor(end))


def deliveries_of(request: HttpRequest, message: Message) -> Section:
    """Of named members: PostgreSQL keeps anonymous ones back. Uses index: delivery_status_pkey."""
    rows = list(DeliveryStatus.objects.filter(message_id=message.pk).order_by("participant_id")[: MOST + 1])
    people = people_of(row.participant_id for row in rows)
    return section(
        "Delivery",
        ("Member", "Delivered", "Read", "Device"),
        (
            (
                member_link(row.participant_id, people),
                row.delivered_at,
                row.read_at,
                row.device_info.get("platform", "-"),
            )
            for row in rows
        ),
        note="Named members only, and in conversations small enough for a row each.",
    )


def mentioned_in(request: HttpRequest, message: Message) -> Section:
    """Uses index: mention_message."""
    rows = list(Mention.objects.filter(message_id=message.pk).order_by("participant_id")[: MOST + 1])
    people = people_of(row.participant_id for row in rows)
    return section("Mentioned", ("Member",), ((member_link(row.participant_id, people),) for row in rows))


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin[Message]):
    """That a message was sent. Written, changed and deleted by members alone."""

    notice = (
        "What was written isn't shown here to anybody: moderators will read reported messages, "
        "and what stands around them, through a case."
    )
    readable = (
        "id", "conversation_id", "seq", "rev", "sender_id", "is_anonymous", "type", "attachment_id", "reply_to_seq",
        "state", "edited_at", "pinned_at", "created_at",
    )  # fmt: skip
    list_display = ("id", "sender_name", "type", "state", "created_at", "seq", "conversation_link")
    list_filter = (MonthFilter,)
    search_fields = ("pk", "conversation")
    search_help_text = "The id of a message or of a conversation"
    filter_keys = ("conversation", "sender")
    fields = (
        "id",
        ("conversation_link", "seq", "rev"),
        ("sender_name", "is_anonymous"),
        ("type", "attachment_id", "reply_to_seq"),
        ("state", "edited_at", "pinned_at"),
        "created_at",
    )
    sections = [deliveries_of, mentioned_in]

    def prepare(self, rows: Sequence[Message]) -> None:
        people = people_of(row.sender_id for row in rows)
        for row in rows:
            vars(row)[_PEOPLE] = people

    @admin.display(description="Conversation")
    def conversation_link(self, row: Message) -> SafeString | str:
        return link(Conversation, row.conversation_id)

    @admin.display(description="Sender")
    def sender_name(self, row: Message) -> SafeString | str:
        people: dict[Any, Person] = vars(row).get(_PEOPLE, {})
        return member_link(row.sender_id, people)
