"""The form of a decision, and what a second person does with one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from moderation.enums import DecisionKind, Reason, Right
from moderation.models import Case
from moderation.models.decision import BREAKABLE, FOUR_EYES, NOTICES, TIMED
from moderation.queries.queue import cases, decisions, is_mine
from moderation.rules import offered
from moderation.services.deciding import (
    STATEMENT_CHARS,
    Draft,
    Step,
    approve_decision,
    decide,
    refuse_decision,
    undo_decision,
)
from moderation.statements import SILENT, draft_statement
from prayermap.lib.db import call_scalar
from prayermap.lib.errors import Conflict, Forbidden, Invalid, NotFound
from prayermap.lib.times import utc_now

from .case import show_case
from .pages import carry_out, needs, page, rights_of

#: Lengths of mutes and suspensions that are offered.
LENGTHS = (
    (1, "A day"),
    (3, "Three days"),
    (7, "A week"),
    (30, "A month"),
    (90, "Three months"),
    (365, "A year"),
)
STEPS: dict[str, tuple[Callable[..., Step], str]] = {
    "approve": (approve_decision, "Confirmed."),
    "refuse": (refuse_decision, "Refused."),
    "undo": (undo_decision, "Undone."),
}
#: Who is told what is written, by decision; for all others it is whom the decision hits.
READERS = {
    DecisionKind.CLOSE: "Those who reported it read this:",
    DecisionKind.DISMISS: "Those who reported it read this:",
    DecisionKind.UPHOLD: "Who appealed reads this:",
    DecisionKind.GRANT: "Who appealed reads this:",
}


class DecisionForm(forms.Form):
    """Of one kind of decision: without the fields that it doesn't have."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.ChoiceField(choices=Reason.choices, label="Reason")
    days = forms.TypedChoiceField(choices=LENGTHS, coerce=int, initial=7, label="How long")
    statement = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 12, "cols": 72}),
        max_length=STATEMENT_CHARS,
        required=False,
        label="What they are told",
    )
    at_once = forms.BooleanField(
        required=False,
        label="At once: somebody is in danger. It lapses after 24 hours unless a second person confirms it.",
    )

    def __init__(self, kind: DecisionKind, *args: Any, may_break_glass: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statement"].required = kind in NOTICES
        self.fields["statement"].label = READERS.get(kind, "Whom it hits reads this:")
        unwanted = {
            "days": kind not in TIMED,
            "statement": kind in SILENT,
            "at_once": kind not in BREAKABLE or not may_break_glass,
        }
        for name in [name for name, is_unwanted in unwanted.items() if is_unwanted]:
            del self.fields[name]

    def draft(self, kind: DecisionKind, now: datetime) -> Draft:
        values = self.cleaned_data
        until = now + timedelta(days=values["days"]) if "days" in values else None
        return Draft(
            kind, values["reason"], values.get("statement", ""), until, bool(values.get("at_once", False))
        )


@needs(Right.WORK_CASES)
def decide_view(request: HttpRequest, case_id: UUID, kind: str) -> HttpResponse:
    """The form with words to begin with; posted, the decision."""
    wanted, case = _wanted(case_id, kind)
    may_break_glass = Right.BREAK_GLASS in rights_of(request)
    if request.method == "POST":
        form = DecisionForm(wanted, request.POST, may_break_glass=may_break_glass)
        if form.is_valid():
            answer = _decide(request, case, wanted, form)
            if answer is not None:
                return answer
    else:
        first = {
            "version": case.version,
            "reason": case.reason,
            "statement": draft_statement(wanted, case.reason),
        }
        form = DecisionForm(wanted, initial=first, may_break_glass=may_break_glass)
    return page(
        request, "decide", wanted.label, case=case, kind=wanted, form=form, needs_two=wanted in FOUR_EYES,
        has_it=is_mine(case, utc_now()),
    )  # fmt: skip


def _wanted(case_id: UUID, kind: str) -> tuple[DecisionKind, Case]:
    """Raises NotFound for a case that isn't there for who asks, and for what doesn't fit it."""
    case = cases().filter(pk=case_id).first()
    fitting = call_scalar("fitting_decisions", case_id, types="uuid") if case else []
    if case is None or kind not in {fits.value for fits in offered(fitting)}:
        raise NotFound
    return DecisionKind(kind), case


def _decide(request: HttpRequest, case: Case, kind: DecisionKind, form: DecisionForm) -> HttpResponse | None:
    """None: what is wrong stands on the form."""
    now = utc_now()
    try:
        step = decide(
            case_id=case.pk, version=form.cleaned_data["version"], draft=form.draft(kind, now), now=now
        )
    except Conflict as error:
        messages.warning(request, error.detail)
        return show_case(request, case.pk, unsaved=form.cleaned_data.get("statement", ""))
    except Forbidden:
        form.add_error(None, "Not you: somebody else has to do this.")
        return None
    except Invalid as error:
        for field, found in (error.errors or {}).items():
            form.add_error(field if field in form.fields else None, found)
        return None
    done = "Proposed: a second person has to confirm it." if step.state == "proposed" else "Decided."
    messages.success(request, done)
    return redirect("admin:case_page", case.pk)


@require_POST
@needs(Right.WORK_CASES)
def decision_step(request: HttpRequest, decision_id: UUID, step: str) -> HttpResponse:
    row = decisions().filter(pk=decision_id).first()
    if row is None:
        raise NotFound
    take, done = STEPS[step]
    back = reverse("admin:case_page", args=[row.case_id])
    return carry_out(request, done, back, lambda: take(decision_id=decision_id, kind=row.kind))
