"""Every address of the product."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from prayermap import health

handler404 = "prayermap.lib.http.problems.not_found"
handler500 = "prayermap.lib.http.problems.server_error"

urlpatterns = [
    path("api/v1/", include("accounts.urls")),
    path("api/v1/", include("messaging.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
]
