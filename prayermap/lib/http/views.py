"""The base of every REST view."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
from django.conf import settings
from msgspec import Meta
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from prayermap.lib.errors import invalid
from prayermap.lib.rate import KeyedBuckets

from .clients import client_ip

#: Requests of each person (or, before sign-in, of each address) to this process.
requests = KeyedBuckets(lambda: (settings.REQUESTS_BURST, settings.REQUESTS_PER_SECOND))


class ApiView(APIView):
    """A signed-in person's endpoint; JSON in and out, problems as RFC 9457, answers never cached."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        requests.take(request.user.pk or client_ip(request))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "private, no-store"
        return answer


class PublicApiView(ApiView):
    """An endpoint for somebody who has not signed in yet."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


def person_id(request: Request) -> UUID:
    """Who is signed in; for views that let nobody else in."""
    return cast("UUID", request.user.pk)


def query_int(request: Request, name: str, default: int | None, *, low: int, high: int) -> int | None:
    """A whole number from the query string; raises Invalid with the field when it is none or out of range."""
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if not raw.isascii() or not raw.isdigit() or len(raw) > 20 or not low <= int(raw) <= high:
        raise invalid(**{name: f"Must be a whole number from {low} to {high}."})
    return int(raw)


def query_bool(request: Request, name: str) -> bool | None:
    """`true` or `false` from the query string; None when absent."""
    raw = request.query_params.get(name)
    if raw is None:
        return None
    if raw not in ("true", "false"):
        raise invalid(**{name: "Must be true or false."})
    return raw == "true"


def query_uuids(request: Request, name: str, *, most: int) -> list[UUID] | None:
    """Comma-separated ids from the query string; None when absent."""
    raw = request.query_params.get(name)
    if raw is None:
        return None
    try:
        ids = [UUID(part) for part in raw.split(",") if part]
    except ValueError:
        raise invalid(**{name: "Must be ids, separated by commas."}) from None
    if len(ids) > most:
        raise invalid(**{name: f"At most {most} ids."})
    return ids


def query_time(request: Request, name: str) -> datetime | None:
    """An RFC 3339 time with its zone from the query string; None when absent."""
    raw = request.query_params.get(name)
    if raw is None:
        return None
    try:
        # A "+" that was not escaped arrives as a space.
        moment: datetime = msgspec.convert(raw.replace(" ", "+"), Annotated[datetime, Meta(tz=True)])
    except msgspec.ValidationError:
        raise invalid(**{name: "Must be an RFC 3339 time with its zone."}) from None
    return moment
