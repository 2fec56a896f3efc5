"""What the page of a conversation offers to whoever may archive it."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from messaging.admin.conversations import ConversationAdmin
from messaging.models import Conversation
from moderation.enums import Right
from moderation.queries.archived_conversations import archived_conversations
from prayermap.lib.admin import Section, section

from .console.pages import rights_of


def archive_of(request: HttpRequest, conversation: Conversation) -> Section | None:
    """Where it stands, and the way to the page that asks whether one is sure."""
    if Right.WORK_PRIVACY not in rights_of(request):
        return None
    archival = archived_conversations().filter(conversation_id=conversation.pk).first()
    step, words = ("restore", "Bring it back") if archival else ("archive", "Archive it")
    address = reverse(f"admin:archive_conversation_{step}", args=[conversation.pk])
    since = archival.archived_at if archival else "not archived"
    return section(
        "Archive", ("Since", "Step"), [(since, format_html('<a href="{}">{}</a>', address, words))]
    )


ConversationAdmin.sections = [*ConversationAdmin.sections, archive_of]
