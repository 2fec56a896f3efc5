"""Every address of the admin site, from its own URL patterns."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.contrib.admin import site
from django.db.models import Model
from django.urls import URLPattern, URLResolver, reverse

from messaging.models import Conversation
from messaging.queries.partitions import months
from moderation.models import Case, Decision, ErasureRequest, LegalHold

#: The console's own pages: by what their address is made of.
CONSOLE = {
    "case_queue": None, "trail": None, "insights": None, "insights_csv": None, "case_page": "case", "case_claim": "case", "case_release": "case",
    "case_note": "case", "case_context": "case", "case_author": "case", "case_decide": "kind",
    "decision_approve": "decision", "decision_refuse": "decision", "decision_undo": "decision",
    "privacy": None, "erasure_certificate": "erasure", "archive": None, "archive_hold": None, "archive_release": "hold", "archive_month_archive": "month",
    "archive_month_restore": "month", "archive_find": None, "archive_conversation_archive": "conversation",
    "archive_conversation_restore": "conversation",
}  # fmt: skip
SIMPLE = ("index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n")


class Address(NamedTuple):
    """`kind`: the view; `label`: the app or model it is about, empty for the site's own."""

    kind: str
    label: str
    path: str


def addresses() -> list[Address]:
    """Rows are the first of their table, as the owner finds it."""
    found = list(_walk(site.get_urls()))
    return sorted(found)


def shapes() -> list[Address]:
    """The same without a database: the path says what stands where an id will."""
    return sorted(_shapes(site.get_urls(), "/admin/"))


def _shapes(patterns, before: str) -> Iterator[Address]:
    for pattern in patterns:
        path = before + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _shapes(pattern.url_patterns, path)
            continue
        name = pattern.name
        if name in CONSOLE or name in SIMPLE:
            yield Address(name, "", path)
        elif name == "app_list":
            labels = {model._meta.app_label for model in site._registry}
            yield from (Address(name, label, f"{before}{label}/") for label in labels)
        elif name is not None:
            label, _, kind = name.rpartition("_")
            yield Address(kind, _model(label)._meta.label_lower, path)
        elif str(pattern.pattern) == "<path:object_id>/":
            if not hasattr(pattern.callback, "model_admin"):
                yield Address("redirect", "", "/admin/{app}/{model}/{object_id}/")
        else:
            yield Address("catch-all", "", "/admin/{anything else}")


def _walk(patterns) -> Iterator[Address]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns)
        else:
            yield from _of(pattern)


def _of(pattern: URLPattern) -> Iterator[Address]:
    name = pattern.name
    if name in CONSOLE:
        yield Address(name, "", reverse(f"admin:{name}", args=_arguments(CONSOLE[name])))
    elif name in SIMPLE:
        yield Address(name, "", reverse(f"admin:{name}"))
    elif name == "app_list":
        for label in {model._meta.app_label for model in site._registry}:
            yield Address(name, label, reverse("admin:app_list", args=[label]))
    elif name is not None:
        label, _, kind = name.rpartition("_")
        model = _model(label)
        keys = [] if kind in ("changelist", "add") else [_first(model)]
        yield Address(kind, model._meta.label_lower, reverse(f"admin:{name}", args=keys))
    elif str(pattern.pattern) == "<path:object_id>/":
        model = pattern.callback.model_admin.model if hasattr(pattern.callback, "model_admin") else None
        if model is None:  # RedirectView: the parent says whose it is, and every one does the same
            yield Address("redirect", "", reverse("admin:accounts_user_changelist") + "some-id/")
    else:
        yield Address("catch-all", "", reverse("admin:index") + "no/such/page/")


def _arguments(made_of: str | None) -> list[object]:
    match made_of:
        case None:
            found: list[object] = []
        case "decision":
            found = [Decision.objects.using("owner").latest("proposed_at").pk]
        case "hold":
            found = [LegalHold.objects.using("owner").earliest("placed_at").pk]
        case "erasure":
            found = [ErasureRequest.objects.using("owner").earliest("requested_at").pk]
        case "conversation":
            found = [_first(Conversation)]
        case "month":
            found = [f"{months()[0]:%Y-%m}"]
        case _:
            case = Case.objects.using("owner").earliest("opened_at").pk
            found = [case, "warn"] if made_of == "kind" else [case]
    return found


def _model(label: str) -> type[Model]:
    for model in site._registry:
        if f"{model._meta.app_label}_{model._meta.model_name}" == label:
            return model
    raise AssertionError(label)


def _first(model: type[Model]) -> object:
    return model._base_manager.using("owner").values_list("pk", flat=True).order_by("pk").first()
