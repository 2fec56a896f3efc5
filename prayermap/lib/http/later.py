"""Addresses whose code is loaded when somebody first asks for one of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLResolver
from django.urls.resolvers import RoutePattern
from django.utils.module_loading import import_string


def include_later(prefix: str, urlconf: str) -> URLResolver:
    """`path(prefix, include(urlconf))`, imported with the first address below the prefix, or the first `reverse()`."""
    return URLResolver(RoutePattern(prefix), urlconf)


class ViewLater:
    """The view of this dotted name, imported with the first request."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        response: HttpResponseBase = import_string(self._name)(request, *args, **options)
        return response
