"""What people asked for about their data: by deadline, and the certificates of what was erased."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from moderation.enums import Right
from moderation.queries import privacy
from prayermap.lib.errors import NotFound
from prayermap.lib.times import utc_now

from .pages import needs, page


@needs(Right.WORK_PRIVACY)
def privacy_view(request: HttpRequest) -> HttpResponse:
    """Open requests, the next deadline first, and what became of the others."""
    waiting = privacy.open_erasures()
    has_one = privacy.certified(waiting)
    return page(
        request, "privacy", "Privacy requests", now=utc_now(),
        erasures=[(row, row.pk in has_one, sum((row.preview or {}).values())) for row in waiting],
        ended=privacy.ended_erasures(), copies=privacy.unmade_copies(),
    )  # fmt: skip


@needs(Right.WORK_PRIVACY)
def certificate_view(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The certificate as a file, for `verify_erasure` and for whoever asks for proof."""
    found = privacy.certificate_of(request_id)
    if found is None:
        raise NotFound
    answer = HttpResponse(found, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="erasure-{request_id}.json"'
    return answer
