"""Base classes of every page about a model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import flatten_fieldsets, get_fields_from_path
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from .change_list import KeysetChangeList
from .estimates import EstimatedPaginator
from .sections import MOST, SectionMaker

M = TypeVar("M", bound=Model)


class FastModelAdmin(admin.ModelAdmin[M]):
    """A model in the admin site, however many rows it has.

    Nothing is counted, nothing is sorted but by key, no action runs over a selection, and a filter or search
    exists only where an index answers it. Queries name the `readable` columns and no other: the database role
    of the admin site is refused the rest.
    """

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = EstimatedPaginator
    actions = None
    ordering = ("-pk",)
    sortable_by = ()
    change_list_template = "admin/console/change_list.html"
    change_form_template = "admin/console/change_form.html"
    object_history_template = "admin/console/object_history.html"

    #: Columns to select, those of `related` rows with their prefix; empty: all.
    readable: ClassVar[tuple[str, ...]] = ()
    #: Relations that are joined, on lists and pages alike.
    related: ClassVar[tuple[str, ...]] = ()
    #: Columns that the search box compares with `=`, each with an index.
    search_fields: ClassVar[list[str] | tuple[str, ...]] = ("pk",)
    #: Columns that a link may filter by (`?conversation=…`), each with an index.
    filter_keys: ClassVar[tuple[str, ...]] = ()
    #: Tables below a row's fields.
    sections: ClassVar[list[SectionMaker]] = []
    #: A sentence at the top of the list and of every page.
    notice: ClassVar[str] = ""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return KeysetChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        found = super().get_queryset(request)
        if self.related:
            found = found.select_related(*self.related)
        return found.only(*self.readable) if self.readable else found

    def prepare(self, rows: Sequence[M]) -> None:
        """Fetch, for all rows at once, what their columns show beside the row itself."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> M | None:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.prepare([found])
        return found

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what was offered: `?password__startswith=a` would tell a secret letter by letter."""
        allowed = set(self.filter_keys)
        for offered in self.list_filter:
            if isinstance(offered, str):
                allowed |= {f"{offered}__exact", f"{offered}__isnull"}
            elif name := getattr(offered, "parameter_name", None):
                allowed.add(name)
        return lookup in allowed

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        """Rows in which one of `search_fields` equals the term."""
        term = search_term.strip()
        if not term:
            return queryset, False
        conditions = [
            Q(**{name: key}) for name in self.search_fields for key in _keys(self.model, name, term)
        ]
        return (queryset.filter(_any(conditions)) if conditions else queryset.none()), False

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: M | None = None,
    ) -> HttpResponse:
        """With its sections and notice; the browser's history gets the key, not a name."""
        context["notice"] = self.notice
        if obj is not None:
            made = (make(request, obj) for make in self.sections)
            context |= {"subtitle": str(obj.pk), "sections": [part for part in made if part is not None]}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"notice": self.notice, **(extra_context or {})})

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The newest changes through this site. Django's own list counts and selects every column of their authors."""
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Change history",
            "subtitle": object_id,
            "action_list": _changes_of(self.model, object_id),
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
            "object": row,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> LogEntry:
        """Which columns, of which key: a log that outlives a person repeats no name."""
        assert request.user.is_authenticated
        return LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(obj),
            object_id=str(obj.pk),
            object_repr=str(obj.pk),
            action_flag=CHANGE,
            change_message=json.dumps(message),
        )


class ReadOnlyAdmin(FastModelAdmin[M]):
    """Rows that only the product itself makes, changes and deletes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        return flatten_fieldsets(self.get_fieldsets(request, obj))


def _changes_of(model: type[Model], key: str) -> list[LogEntry]:
    """The newest 50, with the names of those who made them."""
    kind = ContentType.objects.get_for_model(model)
    found = LogEntry.objects.filter(object_id=key, content_type=kind).select_related("user").order_by("-pk")
    return list(
        found.only("action_time", "action_flag", "change_message", "user__display_name", "user__email")[:MOST]
    )


def _any(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def _keys(model: type[Model], path: str, term: str) -> list[Any]:
    """The term as a value of that column: none or one."""
    field = model._meta.pk if path == "pk" else get_fields_from_path(model, path)[-1]
    assert field is not None
    target = field.target_field if isinstance(field, ForeignKey) else field
    if target.name == "email":
        return [term.lower()] if "@" in term else []
    try:
        return [target.to_python(term)]
    except ValidationError:
        return []
