"""One conversation into its members' archives, and back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from messaging.models import Conversation
from moderation.enums import Right
from moderation.queries.archived_conversations import archival_preview
from moderation.services.archiving_conversations import REASONS, archive_conversation, restore_conversation

from .pages import carry_out, needs, page

BACK = "admin:archive"
STEPS = {
    "archive": ("Archive this conversation", "It is archived.", archive_conversation),
    "restore": ("Bring this conversation back", "It is back.", restore_conversation),
}


class FindForm(forms.Form):
    """A conversation by its id: titles are private."""

    conversation = forms.UUIDField(label="Conversation (id)")

    def clean_conversation(self) -> UUID:
        wanted: UUID = self.cleaned_data["conversation"]
        if not Conversation.objects.filter(pk=wanted).exists():
            raise forms.ValidationError("There is no such conversation.")
        return wanted


@needs(Right.WORK_PRIVACY)
def find_view(request: HttpRequest) -> HttpResponse:
    """Which one; posted, the page that asks whether one is sure."""
    form = FindForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return page(request, "archive_find", "Archive one conversation", form=form)
    return redirect("admin:archive_conversation_archive", form.cleaned_data["conversation"])


@needs(Right.WORK_PRIVACY)
def step_view(request: HttpRequest, conversation_id: UUID, step: str) -> HttpResponse:
    """What will happen, in numbers; posted, it happens."""
    deed, done, take = STEPS[step]
    if request.method == "POST":
        return carry_out(request, done, BACK, lambda: take(conversation_id=conversation_id))
    found = archival_preview(conversation_id)
    if found is None:
        raise Http404
    return page(
        request, "archive_conversation", deed, deed=deed, step=step, conversation=conversation_id, found=found,
        refusal=_refusal(step, found),
    )  # fmt: skip


def _refusal(step: str, found: Any) -> str:
    """Why this step can't be taken now; empty: it can."""
    if step == "restore":
        return "" if found.archived_at else REASONS["not_archived"]
    if found.archived_at:
        return REASONS["archived"]
    return REASONS[found.obstacle] if found.obstacle else ""
