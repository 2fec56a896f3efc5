"""Addresses below /api/v1/."""

from __future__ import annotations

from django.urls import path

from notifications.api import devices, inbox, preferences

urlpatterns = [
    path("notifications/", inbox.NotificationList.as_view()),
    path("notifications/read-all/", inbox.ReadAll.as_view()),
    path("notifications/unread-count/", inbox.Unread.as_view()),
    path("notifications/preferences/", preferences.PreferencesView.as_view()),
    path("notifications/why/", preferences.Why.as_view()),
    path("notifications/vapid-key/", devices.ServerKeyView.as_view()),
    path("notifications/<uuid:notification_id>/read/", inbox.NotificationRead.as_view()),
    path("devices/", devices.DeviceListView.as_view()),
    path("devices/<uuid:device_id>/", devices.DeviceView.as_view()),
]
