"""How OpenAPI names our ways to sign in."""

from __future__ import annotations

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """An access token in the header."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class BrowserScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """A browser's cookie, with X-CSRFToken on every write."""

    target_class = "accounts.authentication.BrowserAuthentication"
    name = "browser"
