"""Links between pages of the admin site, without a query for the other row."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


def link(model: type[Model], key: Any, text: str = "") -> SafeString | str:
    """A link to the page of the row with this key; `text` defaults to the key. "-" where there is none."""
    if key is None:
        return "-"
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])
    return format_html('<a href="{}">{}</a>', url, text or key)


def list_link(model: type[Model], text: str, **filters: Any) -> SafeString:
    """A link to the list of a model, filtered."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return format_html('<a href="{}?{}">{}</a>', url, query, text)
