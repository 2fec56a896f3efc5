"""Addresses below /api/v1/."""

from __future__ import annotations

from django.urls import path

from prayers.api import living_map, prayers, responses

_ONE = "prayers/<uuid:prayer_id>/"

urlpatterns = [
    path("map/", living_map.LivingMap.as_view()),
    path("prayers/", prayers.PrayerList.as_view()),
    path(_ONE, prayers.PrayerDetail.as_view()),
    path(f"{_ONE}responses/", responses.ResponseList.as_view()),
]
