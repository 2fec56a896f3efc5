"""Every address of the product."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from prayermap import health
from prayermap.lib.http.addresses import nothing_here
from prayermap.lib.http.policy import INLINE_STYLES, with_policy

handler404 = "prayermap.lib.http.problems.not_found"
handler500 = "prayermap.lib.http.problems.server_error"

urlpatterns = [
    path("", RedirectView.as_view(url="/api/v1/docs/")),
    path("api/v1/", include("accounts.urls")),
    path("api/v1/", include("prayers.urls")),
    path("api/v1/", include("messaging.urls")),
    path("api/v1/", include("moderation.urls")),
    path("api/v1/", include("notifications.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/v1/docs/",
        with_policy(INLINE_STYLES)(SpectacularSwaggerSplitView.as_view(url_name="schema")),
        name="docs",
    ),
    re_path(r"^api/v1/", nothing_here),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
]
