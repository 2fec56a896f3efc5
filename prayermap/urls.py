"""Every address of the product."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from prayermap import health
from prayermap.lib.http.addresses import nothing_here
from prayermap.lib.http.later import ViewLater, include_later

handler404 = "prayermap.lib.http.problems.not_found"
handler500 = "prayermap.lib.http.problems.server_error"

urlpatterns = [
    path("", RedirectView.as_view(url="/api/v1/docs/")),
    path("api/v1/", include("accounts.urls")),
    path("api/v1/", include("prayers.urls")),
    path("api/v1/", include("messaging.urls")),
    path("api/v1/", include("moderation.urls")),
    path("api/v1/", include("notifications.urls")),
    path("api/v1/schema/", ViewLater("prayermap.documentation.schema"), name="schema"),
    path("api/v1/docs/", ViewLater("prayermap.documentation.page"), name="docs"),
    re_path(r"^api/v1/", nothing_here),
    include_later("accounts/", "allauth.urls"),  # signing in with a browser: 4 MB
    path("admin/", admin.site.urls),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
]
