"""Addresses of the interface that lead nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import resolve
from django.views.decorators.csrf import csrf_exempt

from prayermap.lib.http.problems import not_found


@csrf_exempt  # nothing is changed, and who writes to an address that is none learns that, not of a cookie
def nothing_here(request: HttpRequest) -> HttpResponse:
    """A problem like every other, also while DEBUG is on, when Django would draw a page instead.

    Who reads and has only forgotten the slash at the end is led there, as Django does elsewhere.
    """
    is_reading = request.method in ("GET", "HEAD")
    if is_reading and not request.path_info.endswith("/") and _leads_somewhere(f"{request.path_info}/"):
        return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
    return not_found(request)


def _leads_somewhere(path: str) -> bool:
    return resolve(path).func is not nothing_here
