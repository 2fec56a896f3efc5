"""The admin site: who enters it, and with which rights its pages read the database."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache

from prayermap.lib.acting import acting_as_staff

View = Callable[..., HttpResponse]

#: Where a request remembers that it may be here, so that its page doesn't ask PostgreSQL again.
_ADMITTED = "prayermap.admitted"

#: Where a browser's session remembers that its entering is in the audit trail.
_ENTERED = "prayermap_console_entered"

#: Apps in the order of the index page.
APP_NAMES = {
    "accounts": "People",
    "messaging": "Conversations",
    "prayers": "Prayers",
    "account": "E-mail addresses",
    "mfa": "Second factors",
    "auth": "Groups",
    "admin": "Changes made here",
    "procrastinate": "Background work",
}


class ModerationSite(admin.AdminSite):
    """Django's admin for moderators: a second factor outside DEBUG, and a database role of its own.

    Pages run and render as `prayermap_staff`, which is granted neither message texts nor anybody's password;
    who signs in, signs out and changes a password is allauth's business, with its limits on guessing.
    """

    site_header = "PrayerMap moderation"
    site_title = "PrayerMap moderation"
    index_title = "Moderation"
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, in a browser session that nobody ended, signed in with a second factor (not in DEBUG)."""
        if _ADMITTED not in request.META:
            request.META[_ADMITTED] = super().has_permission(request) and _is_trusted(request)
        return bool(request.META[_ADMITTED])

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """The permission first, as the server's own login; then the view and its template as staff."""
        own = {self.logout, self.password_change, self.password_change_done}
        return super().admin_view(view if view in own else _as_staff(view), cacheable)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """With the console's own pages, without `r/…`, which would load any row of any table with all its columns."""
        from .admin.console.urls import console_urls

        others = [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]
        return [*console_urls(self), *others]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Not a form: leads to allauth's sign-in, to the second factor, or to the page that was asked for."""
        return never_cache(_lead)(request, self)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Ends the browser's session with everything that hangs on it."""
        return super().logout(request, {**self._bare(), **(extra_context or {})})

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return HttpResponseRedirect(reverse("account_change_password"))

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return HttpResponseRedirect(reverse(f"{self.name}:index"))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """What needs doing now, above the lists of everything there is."""
        from .admin.console.landing import landing_context

        return super().index(request, {**landing_context(request), **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With the console's own pages that whoever looks may open."""
        from .admin.console.landing import places

        return {**super().each_context(request), "places": places(request)}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What moderators come for first, under names that say what it is."""
        found = super().get_app_list(request, app_label)
        for app in found:
            app["name"] = APP_NAMES.get(app["app_label"], app["name"])
        order = list(APP_NAMES)
        return sorted(
            found, key=lambda app: order.index(app["app_label"]) if app["app_label"] in order else len(order)
        )

    def get_log_entries(self, request: HttpRequest) -> QuerySet[LogEntry]:
        """Of one's own for the index page: the authors' rows aren't needed."""
        assert request.user.is_authenticated
        return LogEntry.objects.filter(user_id=request.user.pk).select_related("content_type")

    def _bare(self) -> dict[str, Any]:
        """The frame of a page for somebody who isn't admitted (yet, or any more)."""
        return {
            "site_header": self.site_header,
            "site_title": self.site_title,
            "has_permission": False,
            "is_nav_sidebar_enabled": False,
        }


def _is_trusted(request: HttpRequest) -> bool:
    from accounts.authentication import browser_session  # models aren't there yet when this module is
    from accounts.rules import has_second_factor

    if browser_session(request, request.user) is None:
        return False
    return settings.DEBUG or has_second_factor(request)


def _as_staff(view: View) -> View:
    """Run the view and render its template in one transaction as staff: lazy querysets meet no other role."""

    @wraps(view)
    def acting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert request.user.is_authenticated
        _record_entering(request)
        with acting_as_staff(request.user):
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        return response

    return acting


def _record_entering(request: HttpRequest) -> None:
    """Once for each sign-in, in a transaction of its own: a page that fails has been entered, too."""
    from .services.auditing import record

    if not request.session.get(_ENTERED):
        assert request.user.is_authenticated
        with acting_as_staff(request.user):
            record(action="console.entered")
        request.session[_ENTERED] = True


def _lead(request: HttpRequest, site: ModerationSite) -> HttpResponse:
    """What stands between this browser and the page it wants."""
    from accounts.authentication import browser_session

    wanted = _wanted(request, site)
    if site.has_permission(request):
        return redirect(wanted)
    if not request.user.is_authenticated:
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': wanted})}")
    is_staff = request.user.is_active and request.user.is_staff
    if is_staff and browser_session(request, request.user) is None:
        request.session.flush()  # ended elsewhere: this cookie is worth nothing any more
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': wanted})}")
    context = {**site._bare(), "next": wanted}  # noqa: SLF001 - the other half of this file
    if not is_staff:
        return render(request, "admin/console/refused.html", context | {"title": "Not for you"}, status=403)
    context |= {"title": "Second factor", **_second_factor(request)}
    return render(request, "admin/console/second_factor.html", context, status=403)


def _wanted(request: HttpRequest, site: ModerationSite) -> str:
    """The page that was asked for: one of this host, or the index."""
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse(f"{site.name}:index")


def _second_factor(request: HttpRequest) -> dict[str, bool]:
    """What is still to do for one, for the page that says it."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.utils import is_mfa_enabled

    return {
        "has_authenticator": is_mfa_enabled(request.user),
        "unconfirmed": EmailAddress.objects.filter(user_id=request.user.pk, verified=False).exists(),
    }
