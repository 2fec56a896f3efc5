"""Months and where they stand, and what must stay as it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from procrastinate.contrib.django import app

from accounts import values
from accounts.models import User
from messaging.models import Conversation
from messaging.queries.partitions import stored_months
from moderation.enums import Right
from moderation.models import LegalHold
from moderation.queries.archived_conversations import archived_conversations
from moderation.services.archiving import is_too_young
from moderation.services.auditing import record
from moderation.services.holding import REASON_CHARS, place_hold, release_hold
from prayermap.lib.times import utc_now

from .pages import carry_out, needs, page

BACK = "admin:archive"
#: The task that moves a month (moderation/tasks.py): pages' own role can't.
TASK = "moderation.tasks.move_month"
STEPS = {"archive": "Move to the archive", "restore": "Bring back from the archive"}
MOST_HOLDS = 200
MOST_CONVERSATIONS = 200


class HoldForm(forms.Form):
    """On a person, by their address or id, or on a conversation, by its id."""

    person = forms.CharField(required=False, max_length=254, label="Person (address or id)")
    conversation = forms.UUIDField(required=False, label="Conversation (id)")
    reason = forms.CharField(max_length=REASON_CHARS, label="Reference of the order, not what it is about")
    is_sure = forms.BooleanField(label="I have read the order; this person or conversation is meant.")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if bool(found.get("person")) == bool(found.get("conversation")):
            raise forms.ValidationError("Name a person or a conversation, one of the two.")
        return found

    def clean_person(self) -> UUID | None:
        name = self.cleaned_data["person"]
        if not name:
            return None
        try:
            wanted = User.objects.filter(pk=UUID(name))
        except ValueError:
            wanted = User.objects.filter(email=values.normal_email(name))
        key = wanted.values_list("pk", flat=True).first()
        if key is None:
            raise forms.ValidationError("There is no such account.")
        return key

    def clean_conversation(self) -> UUID | None:
        wanted = self.cleaned_data["conversation"]
        if not isinstance(wanted, UUID):
            return None
        if not Conversation.objects.filter(pk=wanted).exists():
            raise forms.ValidationError("There is no such conversation.")
        return wanted


@needs(Right.WORK_PRIVACY)
def archive_view(request: HttpRequest) -> HttpResponse:
    """Every month with its size, newest first, the holds in force, and what was archived by itself."""
    today = utc_now().astimezone(UTC).date()
    months = [
        {
            "row": row,
            "name": f"{row.month:%Y-%m}",
            "step": "restore"
            if row.is_archived
            else ""
            if is_too_young(row.month, today=today)
            else "archive",
        }
        for row in reversed(stored_months())
    ]
    holds = LegalHold.objects.filter(released_at=None).order_by("-placed_at")
    return page(
        request, "archive", "Archive", months=months, steps=STEPS,
        holds=holds.select_related("user", "placed_by").only(
            "id", "conversation_id", "reason", "placed_at", "user__display_name", "user__email",
            "placed_by__display_name",
        )[:MOST_HOLDS],
        conversations=archived_conversations()[:MOST_CONVERSATIONS],
    )  # fmt: skip


@needs(Right.WORK_PRIVACY)
def move_view(request: HttpRequest, month: str, step: str) -> HttpResponse:
    """Asks whether one is sure; posted, asks the worker for it."""
    row = _month(month)
    if request.method != "POST":
        return page(
            request, "archive_sure", STEPS[step], deed=STEPS[step], name=month,
            explanation=f"About {row.messages:,} messages. Nothing is copied, members notice nothing. A month under a "
            "legal hold or with an open case in it stays where it is.",
        )  # fmt: skip
    record(action="archive.asked", month=month, step=step)
    transaction.on_commit(lambda: _ask_worker(month, step))  # then as the server: staff queue no work
    messages.success(
        request, f"{month}: the worker does it, in a moment. What came of it stands here and in the trail."
    )
    return redirect(BACK)


@needs(Right.WORK_PRIVACY)
def hold_view(request: HttpRequest) -> HttpResponse:
    """The form of a new hold; posted, the hold."""
    form = HoldForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return page(request, "archive_hold", "Place a legal hold", form=form)
    found = form.cleaned_data
    return carry_out(
        request, "It is held.", BACK,
        lambda: place_hold(
            user_id=found["person"], conversation_id=found["conversation"], reason=found["reason"], now=utc_now()
        ),
    )  # fmt: skip


@needs(Right.WORK_PRIVACY)
def release_view(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Asks whether one is sure; posted, releases it."""
    hold = LegalHold.objects.only("reason").filter(pk=hold_id).first()
    if hold is None:
        raise Http404
    if request.method != "POST":
        return page(
            request, "archive_sure", "Release the hold", deed="Release", name=hold.reason,
            explanation="What waits for it goes on: erasures, the archive, retention.",
        )  # fmt: skip
    return carry_out(request, "Released.", BACK, lambda: release_hold(hold_id=hold_id, now=utc_now()))


def _ask_worker(month: str, step: str) -> None:
    app.configure_task(TASK).defer(month=month, step=step)


def _month(name: str) -> Any:
    """The row of `stored_months`; 404 where there is none."""
    wanted = _first(name)
    for row in stored_months():
        if row.month == wanted:
            return row
    raise Http404


def _first(name: str) -> date | None:
    try:
        return datetime.strptime(f"{name}-01", "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
