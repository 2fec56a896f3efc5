"""Conversations and their members."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from messaging.models import Conversation, Message, Participant
from prayermap.lib.admin import ReadOnlyAdmin, Section, link, list_link, section
from prayermap.lib.admin.sections import MOST

from .names import people_of, person_link

NO_TEXT = "Titles, descriptions and messages are private: moderators will read reported ones through a case."


def members_of(request: HttpRequest, conversation: Conversation) -> Section | None:
    """The first members by id, which says nothing about who came first. Uses index: participant_once."""
    if not request.user.has_perm("messaging.view_participant"):
        return None
    found = Participant.objects.filter(conversation_id=conversation.pk).order_by("pk")
    rows = list(found.only("role", "state", "is_anonymous", "created_at")[: MOST + 1])
    people = people_of(row.pk for row in rows)
    return section(
        "Members",
        ("Member", "Person", "Role", "State", "Since"),
        ((link(Participant, r.pk), person_link(r.pk, people), r.role, r.state, r.created_at) for r in rows),
    )


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin[Conversation]):
    """A conversation's frame and counters. Members change it, and the functions that number its messages."""

    notice = NO_TEXT
    readable = (
        "id", "kind", "prayer_id", "is_private", "requires_approval", "is_active", "epoch", "rev", "latest_seq",
        "settings_rev", "latest_message_id", "latest_activity_at", "active_count", "member_count", "created_at",
        "updated_at",
    )  # fmt: skip
    list_display = (
        "id",
        "kind",
        "member_count",
        "latest_seq",
        "latest_activity_at",
        "is_active",
        "created_at",
    )
    search_fields = ("pk",)
    search_help_text = "The id of a conversation"
    fields = (
        "id",
        ("kind", "prayer_id"),
        ("is_private", "requires_approval", "is_active"),
        ("active_count", "member_count"),
        ("latest_seq", "rev", "settings_rev", "epoch"),
        "latest_message",
        ("created_at", "latest_activity_at", "updated_at"),
        "lists",
    )
    sections = [members_of]

    @admin.display(description="Latest message")
    def latest_message(self, row: Conversation) -> SafeString | str:
        return link(Message, row.latest_message_id)

    @admin.display(description="All of them")
    def lists(self, row: Conversation) -> SafeString:
        members = list_link(Participant, "Members", conversation=row.pk)
        return format_html("{} · {}", members, list_link(Message, "Messages", conversation=row.pk))
