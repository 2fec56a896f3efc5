"""A case, and the steps on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from moderation.enums import Reason, Right
from moderation.models.decision import FOUR_EYES
from moderation.queries import case_page as reading
from moderation.queries.queue import is_mine
from moderation.rules import offered
from moderation.services.working import claim_case, note_on_case, release_case
from prayermap.lib.acting import current_user_id
from prayermap.lib.errors import NotFound
from prayermap.lib.times import utc_now

from .names import decision_steps, members_of
from .pages import carry_out, needs, page, rights_of, try_step


@needs(Right.READ_CASES)
def case_view(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return show_case(request, case_id)


@require_POST
@needs(Right.READ_CASES)
def author(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Shown once, in the answer to this very request: nobody finds it in a history of addresses."""
    return show_case(request, case_id, wants_author=True)


@require_POST
@needs(Right.WORK_CASES)
def context(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return show_case(request, case_id, wants_context=True)


def show_case(
    request: HttpRequest,
    case_id: UUID,
    *,
    wants_author: bool = False,
    wants_context: bool = False,
    unsaved: str = "",
) -> HttpResponse:
    """The page of a case. `unsaved`: what somebody wrote for a step that wasn't taken, so that no word is lost."""
    found = reading.look_into(case_id)
    case, now, rights = found.case, utc_now(), rights_of(request)
    has_it = is_mine(case, now)
    more: dict[str, Any] = {
        "author": reading.learn_author(case_id) if wants_author else None,
        "context": reading.near_context(case_id) if wants_context else None,
    }
    return page(
        request, "case", f"{case.get_kind_display()}: {case.get_reason_display().lower()}",
        **found._asdict(), **more,
        transcript=reading.transcript(found.evidence),
        members=members_of(found),
        steps=decision_steps(found.decisions, rights, current_user_id()),
        offered=[(kind, kind in FOUR_EYES) for kind in offered(found.fitting)],
        has_it=has_it, can_claim=Right.WORK_CASES in rights and case.state == "open" and not _is_taken(case, now, has_it=has_it),
        is_self_harm=case.reason == Reason.SELF_HARM, now=now, unsaved=unsaved,
    )  # fmt: skip


def _is_taken(case: Any, now: Any, *, has_it: bool) -> bool:
    return case.claimed_until is not None and case.claimed_until > now and not has_it


@require_POST
@needs(Right.WORK_CASES)
def claim(request: HttpRequest, case_id: UUID) -> HttpResponse:
    version = _version(request)
    back = redirect("admin:case_page", case_id)
    return carry_out(request, "The case is yours for half an hour; each step prolongs it.", back.url,
                     lambda: claim_case(case_id=case_id, version=version))  # fmt: skip


@require_POST
@needs(Right.WORK_CASES)
def release(request: HttpRequest, case_id: UUID) -> HttpResponse:
    back = redirect("admin:case_queue")
    return carry_out(
        request, "The case is back in the queue.", back.url, lambda: release_case(case_id=case_id)
    )


@require_POST
@needs(Right.WORK_CASES)
def note(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Noted, or handed back on the page that says why not."""
    version, text = _version(request), request.POST.get("text", "")
    if try_step(request, "Noted.", lambda: note_on_case(case_id=case_id, version=version, text=text)):
        return redirect("admin:case_page", case_id)
    return show_case(request, case_id, unsaved=text)


def _version(request: HttpRequest) -> int:
    """The version of the case that the form was made from. Raises NotFound: no form of ours leaves it out."""
    raw = request.POST.get("version", "")
    if not raw.isascii() or not raw.isdigit():
        raise NotFound
    return int(raw[:9])
