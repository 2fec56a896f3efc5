"""The description of REST and the page that shows it. `prayermap.urls` and settings name what is here, to load it late."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.api import openapi  # noqa: F401 - drf-spectacular finds our sign-in by this import
from prayermap.lib.http.documentation import describe_all
from prayermap.lib.http.policy import INLINE_STYLES, with_policy

schema = SpectacularAPIView.as_view()
page = with_policy(INLINE_STYLES)(SpectacularSwaggerSplitView.as_view(url_name="schema"))


def prepare(endpoints: list[Any]) -> list[Any]:
    """drf-spectacular's hook before it looks at the views, which are imported by then."""
    describe_all()
    return endpoints
