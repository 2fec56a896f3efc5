"""What every page of the console is made with."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.models import User
from moderation.enums import Right
from moderation.queries.people import rights
from prayermap.lib.errors import Conflict, Forbidden, Invalid, NotFound

View = Callable[..., HttpResponse]
_RIGHTS = "prayermap.rights"


def rights_of(request: HttpRequest) -> frozenset[Right]:
    """What whoever asks may do; read once a request."""
    if _RIGHTS not in request.META:
        request.META[_RIGHTS] = rights(cast("User", request.user))
    return cast("frozenset[Right]", request.META[_RIGHTS])


def page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """A page in the site's frame, rendered later, inside the transaction of `admin_view`."""
    frame = {**site.each_context(request), "title": title}
    return TemplateResponse(request, f"admin/console/{template}.html", {**frame, **context})


def needs(right: Right) -> Callable[[View], View]:
    """Refuse with 403 who hasn't this right; PostgreSQL refuses, too. What isn't there is 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def judged(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if right not in rights_of(request):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except NotFound:
                raise Http404 from None

        return judged

    return decorate


def carry_out(request: HttpRequest, done: str, back: Any, step: Callable[[], object]) -> HttpResponse:
    """Take a step and go back to a page, which says what came of it."""
    try_step(request, done, step)
    return redirect(back)


def try_step(request: HttpRequest, done: str, step: Callable[[], object]) -> bool:
    """Take a step, or don't; the next page says which and why."""
    try:
        step()
    except Conflict as error:
        messages.warning(request, error.detail)
    except Forbidden:
        messages.error(request, "Not you: somebody else has to do this.")
    except Invalid as error:
        messages.error(request, reasons(error))
    else:
        messages.success(request, done)
        return True
    return False


def reasons(error: Invalid) -> str:
    """The reasons of an Invalid as one sentence or two."""
    return " ".join(reason for found in (error.errors or {}).values() for reason in found) or error.detail
