"""Addresses of the console's own pages, below /admin/."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from . import archive, archive_conversations, case, decisions, insights, privacy, queue, trail

_CASE = "cases/<uuid:case_id>/"


def console_urls(site: Any) -> list[URLPattern]:
    """Each behind the site's own door: staff, second factor, and its role in the database."""
    inside = site.admin_view
    return [
        path("cases/", inside(queue.case_queue), name="case_queue"),
        path(_CASE, inside(case.case_view), name="case_page"),
        path(f"{_CASE}claim/", inside(case.claim), name="case_claim"),
        path(f"{_CASE}release/", inside(case.release), name="case_release"),
        path(f"{_CASE}note/", inside(case.note), name="case_note"),
        path(f"{_CASE}context/", inside(case.context), name="case_context"),
        path(f"{_CASE}author/", inside(case.author), name="case_author"),
        path(f"{_CASE}decide/<slug:kind>/", inside(decisions.decide_view), name="case_decide"),
        *(
            path(
                f"decisions/<uuid:decision_id>/{step}/",
                inside(decisions.decision_step),
                {"step": step},
                name=f"decision_{step}",
            )
            for step in decisions.STEPS
        ),
        path("insights/", inside(insights.insights_view), name="insights"),
        path("insights.csv", inside(insights.insights_csv), name="insights_csv"),
        path("trail/", inside(trail.trail_view), name="trail"),
        path("privacy/", inside(privacy.privacy_view), name="privacy"),
        path(
            "privacy/<uuid:request_id>/certificate/",
            inside(privacy.certificate_view),
            name="erasure_certificate",
        ),
        path("archive/", inside(archive.archive_view), name="archive"),
        path("archive/holds/add/", inside(archive.hold_view), name="archive_hold"),
        path("archive/holds/<uuid:hold_id>/release/", inside(archive.release_view), name="archive_release"),
        path("archive/conversations/", inside(archive_conversations.find_view), name="archive_find"),
        *(
            path(
                f"archive/conversations/<uuid:conversation_id>/{step}/",
                inside(archive_conversations.step_view),
                {"step": step},
                name=f"archive_conversation_{step}",
            )
            for step in archive_conversations.STEPS
        ),
        *(
            path(
                f"archive/<slug:month>/{step}/",
                inside(archive.move_view),
                {"step": step},
                name=f"archive_month_{step}",
            )
            for step in archive.STEPS
        ),
    ]
