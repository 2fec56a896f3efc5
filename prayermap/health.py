"""/healthz: the process answers. /readyz: it can do its work. /metrics: for Prometheus, not for the public."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

import redis
from django.db import DatabaseError, connections
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from messaging.queries.partitions import months_ahead
from moderation.queries.insights import gauges
from prayermap.lib.errors import NotFound
from prayermap.lib.http.problems import as_json_response
from prayermap.lib.valkey import client

MIN_MONTHS_AHEAD = 1


def alive(request: HttpRequest) -> JsonResponse:
    return _answer({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when every part works, else 503; which part, never why: reasons are in the log."""
    parts: dict[str, bool] = {}
    for name, check in CHECKS.items():
        # Each would wait for a connection as long as the first.
        parts[name] = (parts.get("database", True) or name not in IN_DATABASE) and works(check)
    is_well = all(parts.values())
    return _answer({"status": "ok" if is_well else "unavailable", "parts": parts}, is_well=is_well)


def metrics(request: HttpRequest) -> HttpResponse:
    """Answers on the machine itself only; a proxy's clients come from elsewhere."""
    address = ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104 - no listening
    if not address.is_loopback or "HTTP_X_FORWARDED_FOR" in request.META:
        return as_json_response(NotFound())
    return HttpResponse(generate_latest() + gauges().encode(), content_type=CONTENT_TYPE_LATEST)


def database_works() -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def migrations_are_applied() -> bool:
    """Whether messaging's newest migration is there: a server of a newer version waits for the operator."""
    applied = MigrationRecorder(connections["default"]).applied_migrations()
    return any(app == "messaging" for app, _ in applied)


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_works,
    "migrations": migrations_are_applied,
    "partitions": lambda: months_ahead() >= MIN_MONTHS_AHEAD,
    "valkey": lambda: bool(client().ping()),
}


IN_DATABASE = frozenset({"migrations", "partitions"})


def works(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError):
        return False


def _answer(body: dict[str, object], *, is_well: bool = True) -> JsonResponse:
    response = JsonResponse(body, status=200 if is_well else 503)
    response["Cache-Control"] = "no-store"
    return response
