"""Mounted under /api/v1/."""

from __future__ import annotations

from django.urls import path

from moderation.api import erasure, export, reports, sanctions

_ONE = "conversations/<uuid:conversation_id>/"

urlpatterns = [
    path(f"{_ONE}flag/", reports.FlagConversation.as_view()),
    path(f"{_ONE}members/<uuid:member_id>/flag/", reports.FlagMember.as_view()),
    path(f"{_ONE}messages/<int:seq>/flag/", reports.FlagMessage.as_view()),
    path("prayers/<uuid:prayer_id>/flag/", reports.FlagPrayer.as_view()),
    path("me/export/", export.ExportList.as_view()),
    path("me/export/<uuid:export_id>/", export.ExportDetail.as_view()),
    path("me/export/<uuid:export_id>/file/", export.ExportFile.as_view(), name="export-file"),
    path("me/erasure/", erasure.ErasureView.as_view()),
    path("me/reports/", reports.MyReports.as_view()),
    path("me/sanctions/", sanctions.MySanctions.as_view()),
    path("me/sanctions/<uuid:sanction_id>/appeal/", sanctions.AppealSanction.as_view()),
]
