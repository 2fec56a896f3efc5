"""Addresses below /api/v1/."""

from __future__ import annotations

from django.urls import path

from notifications.api import inbox

urlpatterns = [
    path("notifications/", inbox.NotificationList.as_view()),
    path("notifications/read-all/", inbox.ReadAll.as_view()),
    path("notifications/unread-count/", inbox.Unread.as_view()),
    path("notifications/<uuid:notification_id>/read/", inbox.NotificationRead.as_view()),
]
