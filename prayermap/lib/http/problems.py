"""Every error leaves as application/problem+json (RFC 9457)."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import psycopg
import redis
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

from prayermap.lib import errors

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
_OF_DRF: tuple[tuple[type[Exception] | tuple[type[Exception], ...], type[errors.ApiError]], ...] = (
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), errors.NotAuthenticated),
    ((exceptions.PermissionDenied, PermissionDenied), errors.Forbidden),
    ((exceptions.NotFound, Http404), errors.NotFound),
    (exceptions.Throttled, errors.RateLimited),
    (RequestDataTooBig, errors.TooLarge),
    (SuspiciousOperation, errors.Invalid),  # a form of too many fields, a header that is none
    ((OperationalError, psycopg.OperationalError, redis.RedisError), errors.Unavailable),
)


def problem(exception: Exception, context: dict[str, Any]) -> JsonResponse | None:
    """DRF's exception handler. Returns None for a bug of ours, which the server logs and answers with 500.

    JSON whatever the view renders: a page or a YAML document has no form for an error.
    """
    error = as_api_error(exception)
    if error is None:
        return None
    set_rollback()
    if error.status >= 500:
        logger.warning("unavailable: %s", type(exception).__name__)
    return as_json_response(error, getattr(exception, "status_code", error.status))


def as_api_error(exception: Exception) -> errors.ApiError | None:
    """The refusal that an exception of Django, DRF or a driver stands for; None when it is none."""
    if isinstance(exception, errors.ApiError):
        return exception
    for types, error in _OF_DRF:
        if isinstance(exception, types):
            return error()
    if isinstance(exception, exceptions.APIException):  # 405, 406, 415 and their like
        return errors.Invalid(str(exception.detail))
    return None


def headers_of(error: errors.ApiError) -> dict[str, str]:
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after_ms is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_ms / 1000)))
    return headers


def as_json_response(error: errors.ApiError, status: int = 0) -> JsonResponse:
    """The whole answer; `status` where HTTP has one of its own for it, as 405."""
    body = error.as_problem()
    body["status"] = status or error.status
    response = JsonResponse(body, status=body["status"], content_type=CONTENT_TYPE)
    for name, value in headers_of(error).items():
        response[name] = value
    response["Cache-Control"] = "private, no-store"
    return response


def only_reading(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Django's `require_safe` for a view outside DRF: GET and HEAD, everything else is a problem with 405."""

    @wraps(view)
    def reading(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        refused = exceptions.MethodNotAllowed(request.method or "")
        response = as_json_response(errors.Invalid(str(refused.detail)), refused.status_code)
        response["Allow"] = "GET, HEAD"
        return response

    return reading


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """urls.handler404. The path is not repeated."""
    return as_json_response(errors.NotFound())


def server_error(request: HttpRequest) -> JsonResponse:
    """urls.handler500."""
    return as_json_response(errors.ApiError("The server made a mistake; it has been logged."))


def csrf_failure(request: HttpRequest, reason: str = "") -> JsonResponse:
    """settings.CSRF_FAILURE_VIEW."""
    return as_json_response(errors.Forbidden("The CSRF check failed."))
