"""Where a request comes from."""

from __future__ import annotations

from django.conf import settings
from rest_framework.request import Request


def client_ip(request: Request) -> str:
    """The client's address: the peer's, or with settings.TRUSTED_PROXIES = n the n-th from the right of
    X-Forwarded-For (what stands further left, the client could have written itself).
    """
    peer = request.META.get("REMOTE_ADDR") or "unknown"
    if not settings.TRUSTED_PROXIES:
        return peer
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else peer
